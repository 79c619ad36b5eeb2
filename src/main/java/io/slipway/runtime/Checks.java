package io.slipway.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is wrong with the components of a configuration record, in its compact constructor,
 * so that all of it is told at once.
 *
 * <p>A key is named as in the file, relative to the record: {@code idle_timeout}, {@code tls.key}.
 */
public final class Checks {
  private final List<InvalidSettings.Fault> faults = new ArrayList<>();

  /** Expects a condition; the sentence goes on after "… but expected". */
  public Checks that(boolean condition, String key, String expected) {
    if (!condition) {
      faults.add(new InvalidSettings.Fault(key, expected));
    }
    return this;
  }

  /** Expects a number between two bounds, both allowed. */
  public Checks range(String key, long value, long least, long most) {
    return that(value >= least && value <= most, key, "a number from " + least + " to " + most);
  }

  /** Expects a time between two bounds, both allowed. */
  public Checks range(String key, Duration value, Duration least, Duration most) {
    return that(
        value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
        key,
        "a time from " + Durations.format(least) + " to " + Durations.format(most));
  }

  /** Expects a size between two bounds, both allowed. */
  public Checks range(String key, DataSize value, DataSize least, DataSize most) {
    return that(
        value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
        key,
        "a size from " + least + " to " + most);
  }

  /**
   * Ends the collection.
   *
   * @throws InvalidSettings when anything was not as expected
   */
  public void done() {
    if (!faults.isEmpty()) {
      throw new InvalidSettings(faults);
    }
  }
}
