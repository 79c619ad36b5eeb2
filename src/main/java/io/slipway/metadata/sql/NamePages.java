package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.RowMapper;
import io.slipway.metadata.sql.NameRanges.Range;
import io.slipway.oci.RepositoryFilter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Selects by pages of the repositories that hold a manifest and match a filter.
 *
 * <p>A statement steps in the index of manifests from one repository to the next within the ranges
 * of the filter. So a page takes as long as the names in its ranges are many, whatever lies outside
 * them: looking at every repository instead would take as long as there are others in a row.
 */
final class NamePages {
  /** Keeps what each step looks through small. */
  private static final int RANGES = 32;

  /** Of a pattern of {@code $3} without its number: {@code {} and {@code }} cross slashes. */
  private static final String SLASHES = "(length(%1$s) - length(replace(%1$s, '/', '')))";

  private static final String NAME_SLASHES = SLASHES.formatted("p.name");
  private static final String PATTERN_SLASHES = SLASHES.formatted("g.pattern");

  /** As many segments as a name can have; its tail from 255 - 2n on has n of them. */
  private static final String SEGMENTS = "'" + "/%".repeat(127) + "'";

  /**
   * Lets the first {@code **} cross as many slashes as the name has left, so that every slash of
   * the name stands beside one of the pattern, and what is between them stays in a segment.
   */
  private static final String MATCHING =
      """
      SELECT substr(g.pattern, 1, 1) AS number FROM unnest($3) AS g (pattern)
      WHERE p.name LIKE replace(substr(g.pattern, 2), '{', '%' || substr(SEGMENTS,
          255 - 2 * (NAME_SLASHES - PATTERN_SLASHES))) ESCAPE '!'
        AND (NAME_SLASHES = PATTERN_SLASHES
          OR (NAME_SLASHES > PATTERN_SLASHES AND g.pattern LIKE '%{%'))
      UNION ALL
      SELECT substr(g.pattern, 1, 1) FROM unnest($4) AS g (pattern) CROSS JOIN unnest($5) AS c (crossed)
      WHERE length(c.crossed) <= 2 * (NAME_SLASHES - PATTERN_SLASHES)
        AND p.name LIKE replace(replace(substr(g.pattern, 2), '{', '%' || c.crossed), '}',
          '%' || substr(SEGMENTS,
            255 - 2 * (NAME_SLASHES - PATTERN_SLASHES) + length(c.crossed))) ESCAPE '!'"""
          .replace("NAME_SLASHES", NAME_SLASHES)
          .replace("PATTERN_SLASHES", PATTERN_SLASHES)
          .replace("SEGMENTS", SEGMENTS);

  /**
   * Gives {@code names (name)}. A row enters a range, finds the next name in it, or none; what was
   * found is asked in the row behind, which has it as match.
   */
  private static final String NAMES =
      """
      WITH RECURSIVE page (bound, entering, name, match, matches) AS (
        SELECT (SELECT min(r.bound COLLATE "C") FROM unnest($2) AS r (bound)), 1,
          (SELECT m.repo FROM manifest m LIMIT 0), (SELECT m.repo FROM manifest m LIMIT 0), 0
        UNION ALL
        SELECT
          CASE WHEN p.entering = 1 OR p.name IS NOT NULL THEN p.bound ELSE
            (SELECT min(r.bound COLLATE "C") FROM unnest($2) AS r (bound)
              WHERE r.bound COLLATE "C" > p.bound) END,
          CASE WHEN p.entering = 1 OR p.name IS NOT NULL THEN 0 ELSE 1 END,
          CASE WHEN p.entering = 1 OR p.name IS NOT NULL THEN
            (SELECT m.repo FROM manifest m WHERE m.repo < p.bound AND m.repo >= CASE
                WHEN p.entering = 0 THEN p.name || '!'
                WHEN substr(p.bound, 1, length(p.bound) - 1) > $1
                  THEN substr(p.bound, 1, length(p.bound) - 1)
                ELSE $1 END
              ORDER BY m.repo LIMIT 1) END,
          CASE WHEN p.name IS NULL THEN NULL
            WHEN substr(p.bound, length(p.bound)) NOT IN (',', '}') THEN p.name
            WHEN (SELECT count(DISTINCT f.number) FROM (MATCHING) f) = $6 THEN p.name END,
          p.matches + CASE WHEN p.match IS NULL THEN 0 ELSE 1 END
        FROM page p
        WHERE p.bound IS NOT NULL
          AND p.matches + CASE WHEN p.match IS NULL THEN 0 ELSE 1 END < $7
      ), names (name) AS (
        SELECT match FROM page WHERE match IS NOT NULL ORDER BY match LIMIT $7
      )
      """
          .replace("MATCHING", MATCHING);

  /** What one {@code **} of two may cross. */
  private static final List<String> CROSSED =
      IntStream.rangeClosed(0, 127).mapToObj("/%"::repeat).toList();

  private final Database database;
  private final String sql;

  /**
   * Takes the rest of a statement.
   *
   * @param select selects from {@code names (name)}, in the order of names
   */
  NamePages(Database database, String select) {
    this.database = database;
    this.sql = NAMES + select;
  }

  /** Selects for at most so many names behind another one, which may be any text. */
  <T> Future<List<T>> read(RepositoryFilter filter, String after, int limit, RowMapper<T> mapper) {
    // Nothing lies between a text and the same with this behind it: it is less than what names
    // hold.
    String start = after.isEmpty() ? "" : after + "!";
    List<Range> ranges =
        NameRanges.of(filter).stream().filter(range -> range.bound().compareTo(start) > 0).toList();
    return read(new Page<>(filter, start, mapper, new ArrayList<>()), ranges, limit);
  }

  /** Reads some ranges, and the next ones when there is room left. */
  private <T> Future<List<T>> read(Page<T> page, List<Range> ranges, int limit) {
    int room = limit - page.found().size();
    if (room <= 0 || ranges.isEmpty()) {
      return Future.succeededFuture(page.found());
    }
    List<Range> now = ranges.subList(0, Math.min(RANGES, ranges.size()));
    SqlPatterns patterns = SqlPatterns.of(page.filter(), now);
    return database
        .query(
            sql,
            page.mapper(),
            page.start(),
            now.stream().map(Range::bound).toList(),
            patterns.crossingAtMostOnce(),
            patterns.crossingTwice(),
            patterns.crossingTwice().isEmpty() ? List.of() : CROSSED,
            page.filter().unions().size(),
            room)
        .compose(
            rows -> {
              page.found().addAll(rows);
              return read(page, ranges.subList(now.size(), ranges.size()), limit);
            });
  }

  /** What is asked for, and what was found so far. */
  private record Page<T>(
      RepositoryFilter filter, String start, RowMapper<T> mapper, List<T> found) {}
}
