package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.metadata.BlobMoves;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keeps the moves of blobs in SQL. */
public final class SqlBlobMoves implements BlobMoves {
  private static final String WAITING =
      """
      SELECT digest, size, location FROM blob
      WHERE location LIKE 'uploads/%' AND NOT damaged ORDER BY created_at, digest LIMIT $1
      """;
  // Nothing when that one is gone by now: the next round begins at the oldest again.
  private static final String WAITING_AFTER =
      """
      SELECT digest, size, location FROM blob
      WHERE location LIKE 'uploads/%' AND NOT damaged
        AND (created_at, digest) > (SELECT created_at, digest FROM blob WHERE digest = $2)
      ORDER BY created_at, digest LIMIT $1
      """;
  private static final String LAG =
      """
      SELECT :now - created_at AS waited FROM blob
      WHERE location LIKE 'uploads/%' AND NOT damaged ORDER BY created_at, digest LIMIT 1
      """;
  private static final String CLAIM =
      "UPDATE blob SET moving_to = $3, moving_by = $4 WHERE digest = $1 AND location = $2";
  private static final String IN_TRASH = "SELECT 1 AS there FROM trash WHERE location = $1";
  private static final String RETREAT =
      "UPDATE blob SET moving_to = NULL, moving_by = NULL WHERE digest = $1 AND moving_by = $2";
  private static final String FLIP =
      """
      UPDATE blob SET location = $3, moving_to = NULL, moving_by = NULL
      WHERE digest = $1 AND location = $2 AND moving_by = $4
      """;
  private static final String DISCARD =
      "INSERT INTO trash (location, due) VALUES ($1, :now + $2) ON CONFLICT (location) DO NOTHING";
  // In one statement: what a rebuild has forgotten, it had begun before.
  private static final String NAMED =
      """
      SELECT location AS name FROM blob WHERE location = ANY($1)
      UNION ALL SELECT moving_to AS name FROM blob WHERE moving_to = ANY($1)
      UNION ALL SELECT location AS name FROM trash WHERE location = ANY($1)
      UNION ALL SELECT name FROM setting WHERE name = 'rebuild'
      """;
  private static final String REBUILD = "rebuild";
  private static final String UPLOADS = "SELECT id FROM upload WHERE id = ANY($1)";

  private final Database database;

  public SqlBlobMoves(Database database) {
    this.database = database;
  }

  @Override
  public Future<List<StoredBlob>> waiting(int limit, Optional<StoredBlob> after) {
    return after.isEmpty()
        ? database.query(WAITING, SqlBlobMoves::blob, limit)
        : database.query(WAITING_AFTER, SqlBlobMoves::blob, limit, after.get().digest().text());
  }

  @Override
  public Future<Long> lag() {
    return database
        .first(LAG, row -> row.number("waited"))
        .map(waited -> Math.max(0, waited.orElse(0L)));
  }

  private static StoredBlob blob(Row row) {
    return new StoredBlob(
        Digest.parse(row.string("digest")), row.number("size"), row.string("location"));
  }

  @Override
  public Future<Boolean> claim(StoredBlob blob, String to, String token) {
    return database
        .update(CLAIM, blob.digest().text(), blob.location(), to, token)
        .map(rows -> rows == 1);
  }

  @Override
  public Future<Boolean> isFree(String to) {
    return database.query(IN_TRASH, row -> row.number("there"), to).map(List::isEmpty);
  }

  @Override
  public Future<Void> retreat(StoredBlob blob, String token) {
    return database.update(RETREAT, blob.digest().text(), token).mapEmpty();
  }

  @Override
  public Future<Void> missing(StoredBlob blob, String token) {
    String place = blob.location();
    return database.transaction(
        transaction ->
            BlobDamage.mark(transaction, blob.digest(), place, place, "its bytes are missing")
                .compose(ignored -> transaction.update(RETREAT, blob.digest().text(), token))
                .mapEmpty());
  }

  @Override
  public Future<Boolean> finish(StoredBlob blob, String to, String token, Duration kept) {
    return database.transaction(
        transaction ->
            transaction
                .update(FLIP, blob.digest().text(), blob.location(), to, token)
                .compose(
                    rows ->
                        rows == 0
                            ? Future.succeededFuture(false)
                            : transaction
                                .update(DISCARD, blob.location(), kept.toMillis())
                                .map(true)));
  }

  @Override
  public Future<Set<String>> named(List<String> keys) {
    return database
        .query(NAMED, row -> row.string("name"), keys)
        .map(found -> Set.copyOf(found.contains(REBUILD) ? keys : found));
  }

  @Override
  public Future<Set<String>> uploads(List<String> ids) {
    return database.query(UPLOADS, row -> row.string("id"), ids).map(Set::copyOf);
  }
}
