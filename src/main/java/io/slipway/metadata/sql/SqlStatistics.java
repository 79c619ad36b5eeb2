package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.metadata.RepositoryStatistics;
import io.slipway.metadata.Statistics;
import io.slipway.metadata.StatisticsStore;
import io.slipway.oci.RepositoryFilter;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads the sums and what is not added to them yet, in one statement: a change is in one of the two
 * whenever one looks, and never in both.
 */
public final class SqlStatistics implements StatisticsStore {
  /** A sum of BIGINT is a wider number in PostgreSQL. */
  private static final String CHANGES =
      "SELECT repo, max(pushed_at) AS pushed_at, "
          + Figure.each(column -> "CAST(sum(" + column + ") AS BIGINT) AS " + column)
          + " FROM statistics_change GROUP BY repo";

  /** Whether a repository holds a manifest, by the sums and by what is not added yet. */
  private static final String REPOSITORIES =
      """
      CASE WHEN c.repo = '' THEN 0
        WHEN coalesce(s.manifests, 0) + c.manifests > 0 AND coalesce(s.manifests, 0) <= 0 THEN 1
        WHEN coalesce(s.manifests, 0) + c.manifests <= 0 AND coalesce(s.manifests, 0) > 0 THEN -1
        ELSE 0 END""";

  private static final String TOTALS =
      "SELECT CAST(coalesce(sum(a.repositories), 0) AS BIGINT) AS repositories, "
          + Figure.each(column -> "CAST(coalesce(sum(a." + column + "), 0) AS BIGINT) AS " + column)
          + ", (SELECT count(*) FROM upload WHERE state IN ('open', 'sealed')) AS open_uploads"
          + " FROM (SELECT repositories, "
          + Figure.each(column -> column)
          + " FROM statistics WHERE repo = '' UNION ALL SELECT "
          + REPOSITORIES
          + ", "
          + Figure.each(column -> "c." + column)
          + " FROM ("
          + CHANGES
          + ") c LEFT JOIN statistics s ON s.repo = c.repo) a";

  private static final String DETAILS =
      """
            SELECT p.name, s.pushed_at AS folded_at, c.pushed_at AS pushed_at,
              coalesce(s.tags, 0) + coalesce(c.tags, 0) AS tags,
              coalesce(s.images, 0) + coalesce(c.images, 0) AS images,
              coalesce(s.linked_bytes, 0) + coalesce(c.linked_bytes, 0) AS linked_bytes
            FROM names p LEFT JOIN statistics s ON s.repo = p.name
            LEFT JOIN (\
            """
          + CHANGES
          + ") c ON c.repo = p.name ORDER BY p.name";

  private final Database database;
  private final NamePages details;

  public SqlStatistics(Database database) {
    this.database = database;
    this.details = new NamePages(database, DETAILS);
  }

  @Override
  public Future<Statistics> totals() {
    return database.query(TOTALS, SqlStatistics::statistics).map(List::getFirst);
  }

  @Override
  public Future<List<RepositoryStatistics>> repositories(
      RepositoryFilter filter, String after, int limit) {
    return details.read(filter, after, limit, SqlStatistics::repository);
  }

  private static Statistics statistics(Row row) {
    long sized = number(row, Figure.SIZED);
    return new Statistics(
        row.number("repositories"),
        number(row, Figure.MANIFESTS),
        number(row, Figure.IMAGES),
        number(row, Figure.TAGS),
        number(row, Figure.BLOBS),
        number(row, Figure.BLOB_BYTES),
        sized > 0 ? number(row, Figure.SIZED_BYTES) / sized : 0,
        row.number("open_uploads"),
        number(row, Figure.HITS),
        number(row, Figure.MISSES));
  }

  private static long number(Row row, Figure figure) {
    return row.number(figure.column());
  }

  private static RepositoryStatistics repository(Row row) {
    Optional<Instant> lastPush =
        Stream.of("folded_at", "pushed_at")
            .map(row::numberOrNull)
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder())
            .map(Instant::ofEpochMilli);
    return new RepositoryStatistics(
        row.string("name"),
        row.number("tags"),
        row.number("images"),
        row.number("linked_bytes"),
        lastPush);
  }
}
