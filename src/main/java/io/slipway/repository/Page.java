package io.slipway.repository;

import java.util.List;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param more whether another page follows
 */
public record Page<T>(List<T> items, boolean more) {
  public Page {
    items = List.copyOf(items);
  }

  /** Makes a page of what was found when one more than the limit was asked for. */
  static <T> Page<T> of(List<T> found, int limit) {
    return found.size() > limit
        ? new Page<>(found.subList(0, limit), true)
        : new Page<>(found, false);
  }

  /** Makes the same page of other items. */
  public <U> Page<U> map(Function<T, U> mapper) {
    return new Page<>(items.stream().map(mapper).toList(), more);
  }
}
