package io.slipway.metadata.sql;

import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Splits the order of names into the ranges that a filter's literal beginnings leave.
 *
 * <p>Ranges of beginnings lie inside each other or apart. So those that lie in no other are apart,
 * and both unions and intersections consist of ranges that were there before.
 */
final class NameRanges {
  /**
   * Less than what names hold, so nothing that is a name lies between a text and the same with this
   * behind it.
   */
  static final String BEHIND = "!";

  /** More than what names hold. */
  private static final String ABOVE = "~";

  private NameRanges() {}

  /**
   * The names that begin with a text, or that one name.
   *
   * @param whole whether all of them match the filter
   */
  record Range(String prefix, boolean single, boolean whole) {
    /** Returns the least text behind the range; without its last character the least in it. */
    String bound() {
      return prefix + (single ? BEHIND : ABOVE);
    }

    private boolean covers(Range other) {
      return single ? other.single && other.prefix.equals(prefix) : other.prefix.startsWith(prefix);
    }
  }

  /** Returns the ranges outside which nothing matches, in the order of names. */
  static List<Range> of(RepositoryFilter filter) {
    List<Range> ranges = List.of(new Range("", false, true));
    for (List<RepositoryPattern> union : filter.unions()) {
      ranges = common(ranges, outermost(union));
    }
    return ranges;
  }

  private static List<Range> outermost(List<RepositoryPattern> union) {
    // The one that covers stands in front of what it covers.
    List<Range> sorted =
        union.stream()
            .map(NameRanges::range)
            .sorted(
                (a, b) -> {
                  int order = a.prefix().compareTo(b.prefix());
                  order = order != 0 ? order : Boolean.compare(a.single(), b.single());
                  return order != 0 ? order : Boolean.compare(b.whole(), a.whole());
                })
            .toList();
    List<Range> outermost = new ArrayList<>();
    for (Range range : sorted) {
      if (outermost.isEmpty() || !outermost.getLast().covers(range)) {
        outermost.add(range);
      }
    }
    return outermost;
  }

  private static Range range(RepositoryPattern pattern) {
    boolean single = pattern.rest().isEmpty();
    boolean whole = single || pattern.rest().equals("**") || pattern.matchesAll();
    return new Range(pattern.prefix(), single, whole);
  }

  private static List<Range> common(List<Range> some, List<Range> others) {
    TreeMap<String, Range> common = new TreeMap<>();
    within(some, others, common);
    within(others, some, common);
    return List.copyOf(common.values());
  }

  /** Adds the ranges that lie in one of the others. */
  private static void within(List<Range> ranges, List<Range> others, Map<String, Range> result) {
    TreeMap<String, Range> byPrefix = new TreeMap<>();
    others.forEach(other -> byPrefix.put(other.prefix(), other));
    for (Range range : ranges) {
      // The others are apart: no other begins between the one that covers and what it covers.
      Optional.ofNullable(byPrefix.floorEntry(range.prefix()))
          .map(Map.Entry::getValue)
          .filter(other -> other.covers(range))
          .ifPresent(
              other ->
                  result.put(
                      range.prefix(),
                      new Range(range.prefix(), range.single(), range.whole() && other.whole())));
    }
  }
}
