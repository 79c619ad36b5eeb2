package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.database.RowMapper;
import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.GarbageMarks;
import io.slipway.metadata.InRepository;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds garbage in SQL: each page is one statement, which returns what it found and its last row.
 *
 * <p>The sizes of pages stand in the text, so that a planner knows how few rows they are. Who needs
 * a row is asked for each one, in an index: as {@code NOT EXISTS} a planner would make a join of
 * it, and one that knows little of the tables yet would read them as a whole for every page.
 */
public final class SqlGarbageMarks implements GarbageMarks {
  private static final String NOW = "SELECT :now AS now";
  private static final String MANIFESTS =
      """
      WITH page AS MATERIALIZED (SELECT repo, digest FROM manifest
        WHERE (repo, digest) > ($1, $2) ORDER BY repo, digest LIMIT 500)
      SELECT m.repo, m.digest, TRUE AS dead FROM page m
      WHERE (SELECT 1 FROM tag t WHERE t.repo = m.repo AND t.digest = m.digest LIMIT 1) IS NULL
        AND (SELECT 1 FROM reference r
          WHERE r.repo = m.repo AND r.digest = m.digest AND r.kind = 'manifest'
            AND (SELECT 1 FROM tag t
              WHERE t.repo = r.repo AND t.digest = r.manifest LIMIT 1) = 1 LIMIT 1) IS NULL
        AND (SELECT 1 FROM tag_history h
          WHERE h.repo = m.repo AND h.digest = m.digest AND h.ended_at > $3 LIMIT 1) IS NULL
        AND (SELECT 1 FROM manifest x
          WHERE x.repo = m.repo AND x.digest = m.digest AND x.touched_at <= $3
            AND (SELECT 1 FROM tag t
              WHERE t.repo = x.repo AND t.digest = x.subject LIMIT 1) IS NULL) = 1
      UNION ALL SELECT l.repo, l.digest, FALSE AS dead FROM
        (SELECT repo, digest FROM page ORDER BY repo DESC, digest DESC LIMIT 1) l
      ORDER BY 1, 2
      """;
  private static final String LINKS =
      """
      WITH page AS MATERIALIZED (SELECT repo, digest FROM link
        WHERE (repo, digest) > ($1, $2) ORDER BY repo, digest LIMIT 1000)
      SELECT l.repo, l.digest, TRUE AS dead FROM page l
      WHERE (SELECT 1 FROM reference r
          WHERE r.repo = l.repo AND r.digest = l.digest LIMIT 1) IS NULL
        AND (SELECT 1 FROM link x
          WHERE x.repo = l.repo AND x.digest = l.digest AND x.touched_at <= $3) = 1
        AND (SELECT 1 FROM upload u
          WHERE u.repo = l.repo AND u.state IN ('open', 'sealed') LIMIT 1) IS NULL
      UNION ALL SELECT l.repo, l.digest, FALSE AS dead FROM
        (SELECT repo, digest FROM page ORDER BY repo DESC, digest DESC LIMIT 1) l
      ORDER BY 1, 2
      """;
  private static final String BLOBS =
      """
      WITH page AS MATERIALIZED (SELECT digest FROM blob
        WHERE digest > $1 ORDER BY digest LIMIT 1000)
      SELECT b.digest, (SELECT x.size FROM blob x WHERE x.digest = b.digest) AS size, TRUE AS dead
      FROM page b
      WHERE (SELECT 1 FROM link l WHERE l.digest = b.digest LIMIT 1) IS NULL
        AND (SELECT 1 FROM blob x WHERE x.digest = b.digest AND x.touched_at <= $2) = 1
      UNION ALL SELECT l.digest, 0 AS size, FALSE AS dead FROM
        (SELECT digest FROM page ORDER BY digest DESC LIMIT 1) l
      ORDER BY 1
      """;
  static final String HOLDS =
      """
      SELECT r.digest AS held, r.manifest AS holder FROM reference r
      WHERE r.repo = $1 AND r.digest = ANY($2) AND r.kind = 'manifest'
      UNION ALL SELECT m.digest AS held, m.subject AS holder FROM manifest m
      JOIN manifest s ON s.repo = m.repo AND s.digest = m.subject
      WHERE m.repo = $1 AND m.digest = ANY($2)
      """;
  private static final String NAMED_BY =
      """
      SELECT digest, count(*) AS n FROM reference
      WHERE repo = $1 AND manifest = ANY($2) GROUP BY digest
      """;
  private static final String LINKS_WITHOUT =
      """
      SELECT l.digest, (SELECT count(*) FROM reference r
        WHERE r.repo = l.repo AND r.digest = l.digest) AS n
      FROM link l WHERE l.repo = $1 AND l.digest = ANY($2) AND l.touched_at <= $3
        AND NOT EXISTS (SELECT 1 FROM upload u
          WHERE u.repo = l.repo AND u.state IN ('open', 'sealed'))
      ORDER BY l.digest
      """;
  private static final String BLOBS_WITHOUT =
      """
      SELECT b.digest, b.size, (SELECT count(*) FROM link l WHERE l.digest = b.digest) AS n
      FROM blob b WHERE b.digest = ANY($1) AND b.touched_at <= $2 ORDER BY b.digest
      """;

  private final Database database;

  public SqlGarbageMarks(Database database) {
    this.database = database.forJobs();
  }

  @Override
  public Future<Long> now() {
    return database.query(NOW, row -> row.number("now")).map(List::getFirst);
  }

  @Override
  public Future<Page<InRepository>> manifests(Cursor after, long cutoff) {
    return inRepositories(MANIFESTS, after, cutoff);
  }

  @Override
  public Future<Page<InRepository>> links(Cursor after, long cutoff) {
    return inRepositories(LINKS, after, cutoff);
  }

  private Future<Page<InRepository>> inRepositories(String sql, Cursor after, long cutoff) {
    return database
        .query(
            sql,
            row -> new Looked<>(row, new InRepository(repository(row), digest(row)), "repo"),
            after.repository(),
            after.digest(),
            cutoff)
        .map(SqlGarbageMarks::page);
  }

  @Override
  public Future<Page<DeadBlob>> blobs(Cursor after, long cutoff) {
    return database
        .query(BLOBS, row -> new Looked<>(row, blob(row), ""), after.digest(), cutoff)
        .map(SqlGarbageMarks::page);
  }

  private static <T> Page<T> page(List<Looked<T>> rows) {
    List<T> found = new ArrayList<>();
    Cursor last = Cursor.START;
    for (Looked<T> row : rows) {
      if (row.dead()) {
        found.add(row.value());
      } else {
        last = row.cursor();
      }
    }
    return new Page<>(found, last);
  }

  @Override
  public Future<List<Hold>> holds(RepositoryName repository, List<Digest> manifests) {
    return database.query(HOLDS, SqlGarbageMarks::hold, repository.text(), texts(manifests));
  }

  static Hold hold(Row row) {
    return new Hold(Digest.parse(row.string("held")), Digest.parse(row.string("holder")));
  }

  @Override
  public Future<Map<Digest, Long>> namedBy(RepositoryName repository, List<Digest> manifests) {
    return database
        .query(NAMED_BY, Counted.of(SqlGarbageMarks::digest), repository.text(), texts(manifests))
        .map(
            rows -> {
              Map<Digest, Long> counts = new HashMap<>();
              rows.forEach(row -> counts.put(row.value(), row.count()));
              return counts;
            });
  }

  @Override
  public Future<List<Digest>> linksWithout(
      RepositoryName repository, Map<Digest, Long> references, long cutoff) {
    return database
        .query(
            LINKS_WITHOUT,
            Counted.of(SqlGarbageMarks::digest),
            repository.text(),
            texts(references.keySet()),
            cutoff)
        .map(
            rows ->
                rows.stream()
                    .filter(row -> row.is(references.get(row.value())))
                    .map(Counted::value)
                    .toList());
  }

  @Override
  public Future<List<DeadBlob>> blobsWithout(Map<Digest, Long> links, long cutoff) {
    return database
        .query(BLOBS_WITHOUT, Counted.of(SqlGarbageMarks::blob), texts(links.keySet()), cutoff)
        .map(
            rows ->
                rows.stream()
                    .filter(row -> row.is(links.get(row.value().digest())))
                    .map(Counted::value)
                    .toList());
  }

  static List<String> texts(Iterable<Digest> digests) {
    List<String> texts = new ArrayList<>();
    digests.forEach(digest -> texts.add(digest.text()));
    return texts;
  }

  private static RepositoryName repository(Row row) {
    return new RepositoryName(row.string("repo"));
  }

  private static Digest digest(Row row) {
    return Digest.parse(row.string("digest"));
  }

  static DeadBlob blob(Row row) {
    return new DeadBlob(digest(row), row.number("size"));
  }

  /** A row of a page: one that was found, or its last one. */
  private record Looked<T>(T value, boolean dead, Cursor cursor) {
    Looked(Row row, T value, String repository) {
      this(
          value,
          row.flag("dead"),
          new Cursor(repository.isEmpty() ? "" : row.string(repository), row.string("digest")));
    }
  }

  /** Something, and how many there are of it. */
  private record Counted<T>(T value, long count) {
    static <T> RowMapper<Counted<T>> of(RowMapper<T> mapper) {
      return row -> new Counted<>(mapper.map(row), row.number("n"));
    }

    boolean is(@Nullable Long expected) {
      return Optional.ofNullable(expected).filter(number -> number == count).isPresent();
    }
  }
}
