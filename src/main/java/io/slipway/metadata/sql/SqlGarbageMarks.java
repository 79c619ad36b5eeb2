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
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds garbage in SQL. A page is two statements: where it ends, then what nothing names up to
 * there, which further conditions are asked for one by one.
 *
 * <p>One of them is whether what was found is named after all: names that came between the two
 * statements push the last ones of a page beyond its limit.
 *
 * <p>Those are not {@code NOT EXISTS}: a planner would make a join of it, and one that knows little
 * of the tables yet would read them as a whole for every page.
 */
public final class SqlGarbageMarks implements GarbageMarks {
  private static final String NOW = "SELECT :now AS now";
  private static final SortedWalk LINK_WALK =
      new SortedWalk("link", "reference", "repo, digest", "$1, $2", "$3, $4", 4000);
  private static final SortedWalk BLOB_WALK =
      new SortedWalk("blob", "link", "digest", "$1", "$2", 4000);

  /** What makes a manifest {@code m} one that only others like it may hold; of a cutoff. */
  static final String MANIFEST_CONDITIONS =
      """
      AND (SELECT 1 FROM tag t WHERE t.repo = m.repo AND t.digest = m.digest LIMIT 1) IS NULL
        AND (SELECT 1 FROM reference r
          WHERE r.repo = m.repo AND r.digest = m.digest AND r.kind = 'manifest'
            AND (SELECT 1 FROM tag t
              WHERE t.repo = r.repo AND t.digest = r.manifest LIMIT 1) = 1 LIMIT 1) IS NULL
        AND (SELECT 1 FROM manifest x
          WHERE x.repo = m.repo AND x.digest = m.digest AND x.touched_at <= %1$s
            AND (SELECT 1 FROM tag t
              WHERE t.repo = x.repo AND t.digest = x.subject LIMIT 1) IS NULL
            AND (SELECT 1 FROM tag_history h
              WHERE h.repo = x.repo AND h.digest = x.digest AND h.ended_at > %1$s
              LIMIT 1) IS NULL) = 1
      """;

  // Not beside their tags: those that were deleted are in that index too, without a digest.
  private static final String MANIFESTS_END =
      """
      SELECT repo, digest FROM manifest
      WHERE (repo, digest) > ($1, $2) ORDER BY repo, digest LIMIT 1 OFFSET 999
      """;
  private static final String MANIFESTS =
      """
      SELECT m.repo, m.digest FROM (SELECT repo, digest FROM manifest
        WHERE (repo, digest) > ($1, $2) AND (repo, digest) <= ($3, $4)
        ORDER BY repo, digest LIMIT 2000) m WHERE TRUE
      """
          + MANIFEST_CONDITIONS.formatted("$5")
          + "ORDER BY 1, 2";
  private static final String LINKS =
      """
      SELECT l.repo, l.digest FROM (%s) l
      WHERE (SELECT 1 FROM link x
          WHERE x.repo = l.repo AND x.digest = l.digest AND x.touched_at <= $5) = 1
        AND (SELECT 1 FROM reference r
          WHERE r.repo = l.repo AND r.digest = l.digest LIMIT 1) IS NULL
      ORDER BY 1, 2
      """
          .formatted(LINK_WALK.unnamed());
  private static final String BLOBS =
      """
      SELECT b.digest, (SELECT x.size FROM blob x WHERE x.digest = b.digest) AS size
      FROM (%s) b
      WHERE (SELECT 1 FROM blob x WHERE x.digest = b.digest AND x.touched_at <= $3) = 1
        AND (SELECT 1 FROM link l WHERE l.digest = b.digest LIMIT 1) IS NULL
      ORDER BY 1
      """
          .formatted(BLOB_WALK.unnamed());
  static final String HOLDS =
      """
      SELECT r.digest AS held, r.manifest AS holder FROM reference r
      WHERE r.repo = $1 AND r.digest = ANY($2) AND r.kind = 'manifest'
      UNION ALL SELECT m.digest AS held, m.subject AS holder FROM manifest m
      JOIN manifest s ON s.repo = m.repo AND s.digest = m.subject
      WHERE m.repo = $1 AND m.digest = ANY($2)
      """;
  private static final String UPLOADING =
      "SELECT DISTINCT repo FROM upload WHERE repo = ANY($1) AND " + holdsLinks("$2");

  /** Of a repository, links, the cutoff, and since when one of a push was touched. */
  static final String HELD =
      """
      SELECT l.digest FROM link l
      WHERE l.repo = $1 AND l.digest = ANY($2) AND l.touched_at > $4
        AND (SELECT 1 FROM upload WHERE repo = $1 AND %s LIMIT 1) = 1
      """
          .formatted(holdsLinks("$3"));

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
        AND (l.touched_at <= $4 OR NOT EXISTS (SELECT 1 FROM upload WHERE repo = $1 AND %s))
      ORDER BY l.digest
      """
          .formatted(holdsLinks("$3"));
  private static final String BLOBS_WITHOUT =
      """
      SELECT b.digest, b.size, (SELECT count(*) FROM link l WHERE l.digest = b.digest) AS n
      FROM blob b WHERE b.digest = ANY($1) AND b.touched_at <= $2 ORDER BY b.digest
      """;

  private final Database database;
  private final long pushMillis;

  /**
   * Looks into a database.
   *
   * @param longestPush how long an upload may last: one holds no link that is older
   */
  public SqlGarbageMarks(Database database, Duration longestPush) {
    this.database = database.forJobs();
    this.pushMillis = longestPush.toMillis();
  }

  /**
   * Returns the condition on rows of uploads that hold the links of their repository.
   *
   * @param cutoff the argument that a finished one must be later than
   */
  static String holdsLinks(String cutoff) {
    return "(state IN ('open', 'sealed') OR (state = 'finished' AND beat_at > "
        + cutoff
        + " AND beat_at > :now - 60000))";
  }

  @Override
  public Future<Long> now() {
    return database.query(NOW, row -> row.number("now")).map(List::getFirst);
  }

  @Override
  public Future<Page<InRepository>> manifests(Cursor after, long cutoff) {
    return inRepositories(MANIFESTS_END, MANIFESTS, after, cutoff);
  }

  @Override
  public Future<Page<InRepository>> links(Cursor after, long cutoff) {
    return inRepositories(LINK_WALK.end(), LINKS, after, cutoff);
  }

  private Future<Page<InRepository>> inRepositories(
      String endSql, String sql, Cursor after, long cutoff) {
    Future<List<Cursor>> ends =
        database.query(
            endSql,
            row -> new Cursor(row.string("repo"), row.string("digest")),
            after.repository(),
            after.digest());
    return page(
        ends,
        end ->
            database.query(
                sql,
                SqlGarbageMarks::inRepository,
                after.repository(),
                after.digest(),
                end.repository(),
                end.digest(),
                cutoff));
  }

  @Override
  public Future<Page<DeadBlob>> blobs(Cursor after, long cutoff) {
    Future<List<Cursor>> ends =
        database.query(
            BLOB_WALK.end(), row -> new Cursor("", row.string("digest")), after.digest());
    return page(
        ends,
        end -> database.query(BLOBS, SqlGarbageMarks::blob, after.digest(), end.digest(), cutoff));
  }

  private static <T> Future<Page<T>> page(
      Future<List<Cursor>> ends, Function<Cursor, Future<List<T>>> found) {
    return ends.compose(
        some -> {
          Cursor end = some.isEmpty() ? Cursor.END : some.getFirst();
          return found.apply(end).map(rows -> new Page<>(rows, end));
        });
  }

  @Override
  public Future<List<Hold>> holds(RepositoryName repository, List<Digest> manifests) {
    return database.query(HOLDS, SqlGarbageMarks::hold, repository.text(), texts(manifests));
  }

  static Hold hold(Row row) {
    return new Hold(Digest.parse(row.string("held")), Digest.parse(row.string("holder")));
  }

  @Override
  public Future<Set<RepositoryName>> uploading(Set<RepositoryName> repositories, long cutoff) {
    List<String> names = repositories.stream().map(RepositoryName::text).toList();
    return database.query(UPLOADING, SqlGarbageMarks::repository, names, cutoff).map(Set::copyOf);
  }

  @Override
  public Future<List<Digest>> held(RepositoryName repository, List<Digest> links, long cutoff) {
    return database.query(
        HELD,
        SqlGarbageMarks::digest,
        repository.text(),
        texts(links),
        cutoff,
        cutoff - pushMillis);
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
            cutoff,
            cutoff - pushMillis)
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

  static InRepository inRepository(Row row) {
    return new InRepository(repository(row), digest(row));
  }

  private static RepositoryName repository(Row row) {
    return new RepositoryName(row.string("repo"));
  }

  static Digest digest(Row row) {
    return Digest.parse(row.string("digest"));
  }

  static DeadBlob blob(Row row) {
    return new DeadBlob(digest(row), row.number("size"));
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
