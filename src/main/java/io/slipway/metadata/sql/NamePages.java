package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.RowMapper;
import io.slipway.metadata.sql.NameRanges.Range;
import io.slipway.oci.RepositoryFilter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * Selects by pages of the repositories that hold a manifest and match a filter.
 *
 * <p>Where every name of the filter's ranges matches, a statement steps in the index of manifests
 * from one repository to the next, and a page takes as long as it is large. Otherwise names are
 * looked at, as {@link NameScan} says.
 */
final class NamePages {
  /** Keeps what each step looks through small. */
  private static final int RANGES = 32;

  /** Gives {@code names (name)}. A row enters a range, or finds the next name in it, or none. */
  private static final String STEPS =
      """
      WITH RECURSIVE page (bound, entering, name, names) AS (
        SELECT (SELECT min(r.bound COLLATE "C") FROM unnest($2) AS r (bound)), 1,
          (SELECT m.repo FROM manifest m LIMIT 0), 0
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
          p.names + CASE WHEN p.name IS NULL THEN 0 ELSE 1 END
        FROM page p
        WHERE p.bound IS NOT NULL
          AND p.names + CASE WHEN p.name IS NULL THEN 0 ELSE 1 END < $3
      ), names (name) AS (
        SELECT name FROM page WHERE name IS NOT NULL ORDER BY name LIMIT $3
      )
      """;

  // A list has the database's collation, whatever its names had.
  private static final String GIVEN =
      "WITH names (name) AS (SELECT n.name COLLATE \"C\" FROM unnest($1) AS n (name)) ";

  private final Database database;
  private final String steps;
  private final String given;

  /**
   * Takes the rest of a statement.
   *
   * @param select selects from {@code names (name)}, in the order of names
   */
  NamePages(Database database, String select) {
    this.database = database;
    this.steps = STEPS + select;
    this.given = GIVEN + select;
  }

  /** Selects for at most so many names behind another one, which may be any text. */
  <T> Future<List<T>> read(RepositoryFilter filter, String after, int limit, RowMapper<T> mapper) {
    String start = after.isEmpty() ? "" : after + NameRanges.BEHIND;
    List<Range> ranges =
        NameRanges.of(filter).stream().filter(range -> range.bound().compareTo(start) > 0).toList();
    return ranges.stream().allMatch(Range::whole)
        ? step(new Page<>(start, mapper, new ArrayList<>()), ranges, limit)
        : NameScan.read(database, filter, ranges, start, limit, System::nanoTime)
            .compose(names -> given(names, mapper));
  }

  /** Reads some ranges, and the next ones when there is room left. */
  private <T> Future<List<T>> step(Page<T> page, List<Range> ranges, int limit) {
    int room = limit - page.found().size();
    if (room <= 0 || ranges.isEmpty()) {
      return Future.succeededFuture(page.found());
    }
    List<Range> now = ranges.subList(0, Math.min(RANGES, ranges.size()));
    return database
        .query(steps, page.mapper(), page.start(), now.stream().map(Range::bound).toList(), room)
        .compose(
            rows -> {
              page.found().addAll(rows);
              return step(page, ranges.subList(now.size(), ranges.size()), limit);
            });
  }

  private <T> Future<List<T>> given(List<String> names, RowMapper<T> mapper) {
    return names.isEmpty()
        ? Future.succeededFuture(List.of())
        : database.query(given, mapper, names);
  }

  /** Where it begins, and what was found so far. */
  private record Page<T>(String start, RowMapper<T> mapper, List<T> found) {}
}
