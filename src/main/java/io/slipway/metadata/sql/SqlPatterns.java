package io.slipway.metadata.sql;

import io.slipway.metadata.sql.NameRanges.Range;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryPattern;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the patterns that some ranges must be asked for as {@link NamePages} reads them: the
 * number of the union, then LIKE's text with {@code {} and {@code }} for the first and the second
 * {@code **}.
 */
record SqlPatterns(List<String> crossingAtMostOnce, List<String> crossingTwice) {

  static SqlPatterns of(RepositoryFilter filter, List<Range> ranges) {
    List<Range> asked = ranges.stream().filter(range -> !range.whole()).toList();
    List<String> once = new ArrayList<>();
    List<String> twice = new ArrayList<>();
    for (int i = 0; i < filter.unions().size(); i++) {
      for (RepositoryPattern pattern : filter.unions().get(i)) {
        if (asked.stream().anyMatch(range -> range.meets(pattern))) {
          String text = i + like(pattern.matchesAll() ? "**" : pattern.text());
          (text.indexOf('}') < 0 ? once : twice).add(text);
        }
      }
    }
    return new SqlPatterns(List.copyOf(once), List.copyOf(twice));
  }

  private static String like(String pattern) {
    return pattern
        .replaceFirst("\\*\\*", "{")
        .replaceFirst("\\*\\*", "}")
        .replace("*", "%")
        .replace("_", "!_");
  }
}
