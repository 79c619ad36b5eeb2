package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Lease;
import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.InRepository;
import io.slipway.metadata.RecentMarks;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Finds recent garbage in SQL, by the indexes on times; keeps the note as a setting. */
public final class SqlRecentMarks implements RecentMarks {
  private static final String MANIFESTS =
      """
      SELECT repo, digest FROM (SELECT repo, digest FROM manifest
        WHERE touched_at > $1 AND touched_at <= $2 ORDER BY touched_at LIMIT $3) m
      UNION SELECT repo, digest FROM (SELECT repo, digest FROM tag_history
        WHERE ended_at > $1 AND ended_at <= $2 ORDER BY ended_at LIMIT $3) h
      WHERE digest IS NOT NULL
      """;
  private static final String LINKS =
      """
      SELECT repo, digest FROM link
      WHERE touched_at > $1 AND touched_at <= $2 ORDER BY touched_at LIMIT $3
      """;
  private static final String BLOBS =
      """
      SELECT digest FROM blob
      WHERE touched_at > $1 AND touched_at <= $2 ORDER BY touched_at LIMIT $3
      """;
  private static final String SUSPECTS =
      "SELECT m.digest FROM manifest m WHERE m.repo = $1 AND m.digest = ANY($2) "
          + SqlGarbageMarks.MANIFEST_CONDITIONS.formatted("$3");
  private static final String HELD_BY =
      """
      SELECT digest FROM reference WHERE repo = $1 AND manifest = ANY($2) AND kind = 'manifest'
      UNION SELECT digest FROM manifest WHERE repo = $1 AND subject = ANY($2)
      """;
  private static final String UNNAMED =
      """
      SELECT l.digest FROM link l WHERE l.repo = $1 AND l.digest = ANY($2) AND l.touched_at <= $3
        AND (SELECT 1 FROM reference r
          WHERE r.repo = l.repo AND r.digest = l.digest LIMIT 1) IS NULL
      ORDER BY l.digest
      """;
  private static final String UNLINKED =
      """
      SELECT b.digest, b.size FROM blob b WHERE b.digest = ANY($1) AND b.touched_at <= $2
        AND (SELECT 1 FROM link l WHERE l.digest = b.digest LIMIT 1) IS NULL
      ORDER BY b.digest
      """;
  private static final String TAKE = "DELETE FROM setting WHERE name = 'gc' RETURNING value";
  private static final String KEEP =
      """
      INSERT INTO setting (name, value, version) VALUES ('gc', $1, 1)
      ON CONFLICT (name) DO UPDATE SET value = excluded.value, version = setting.version + 1
      """;

  private final Database database;
  private final Database jobs;

  public SqlRecentMarks(Database database) {
    this.database = database;
    this.jobs = database.forJobs();
  }

  @Override
  public Future<List<InRepository>> manifests(Span span, int limit) {
    return inRepositories(MANIFESTS, span, limit);
  }

  @Override
  public Future<List<InRepository>> links(Span span, int limit) {
    return inRepositories(LINKS, span, limit);
  }

  private Future<List<InRepository>> inRepositories(String sql, Span span, int limit) {
    return jobs.query(sql, SqlGarbageMarks::inRepository, span.after(), span.until(), (long) limit);
  }

  @Override
  public Future<List<Digest>> blobs(Span span, int limit) {
    return jobs.query(BLOBS, SqlGarbageMarks::digest, span.after(), span.until(), (long) limit);
  }

  @Override
  public Future<List<Digest>> suspects(
      RepositoryName repository, List<Digest> manifests, long cutoff) {
    return jobs.query(
        SUSPECTS,
        SqlGarbageMarks::digest,
        repository.text(),
        SqlGarbageMarks.texts(manifests),
        cutoff);
  }

  @Override
  public Future<List<Digest>> heldBy(RepositoryName repository, List<Digest> manifests) {
    return jobs.query(
        HELD_BY, SqlGarbageMarks::digest, repository.text(), SqlGarbageMarks.texts(manifests));
  }

  @Override
  public Future<List<Digest>> unnamed(RepositoryName repository, List<Digest> links, long cutoff) {
    return jobs.query(
        UNNAMED, SqlGarbageMarks::digest, repository.text(), SqlGarbageMarks.texts(links), cutoff);
  }

  @Override
  public Future<List<DeadBlob>> unlinked(List<Digest> blobs, long cutoff) {
    return jobs.query(UNLINKED, SqlGarbageMarks::blob, SqlGarbageMarks.texts(blobs), cutoff);
  }

  @Override
  public Future<Optional<String>> take(Lease lease) {
    return database.transaction(
        transaction ->
            lease
                .guard(transaction)
                .compose(held -> transaction.first(TAKE, row -> row.string("value"))));
  }

  @Override
  public Future<Void> keep(Lease lease, String note) {
    return database.transaction(
        transaction ->
            lease.guard(transaction).compose(held -> transaction.update(KEEP, note).mapEmpty()));
  }
}
