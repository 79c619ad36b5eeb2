package io.slipway.metadata.sql;

import io.slipway.database.Transaction;
import io.slipway.event.Event.BlobPushed;
import io.slipway.event.Outbox;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.Optional;

/** The part that every push of a blob ends with: name the bytes, link them, tell of it. */
final class Naming {
  private static final String REPOSITORY =
      "INSERT INTO repository (name, created_at) VALUES ($1, :now) ON CONFLICT (name) DO NOTHING";
  private static final String NEW_BLOB =
      """
      INSERT INTO blob (digest, size, location, damaged, created_at, touched_at)
      VALUES ($1, $2, $3, FALSE, :now, :now) ON CONFLICT (digest) DO NOTHING RETURNING location
      """;
  // Inserts after all when the row was collected since the first look.
  private static final String KNOWN_BLOB =
      """
      INSERT INTO blob (digest, size, location, damaged, created_at, touched_at)
      VALUES ($1, $2, $3, FALSE, :now, :now)
      ON CONFLICT (digest) DO UPDATE SET touched_at = excluded.touched_at,
        location = CASE WHEN blob.damaged THEN excluded.location ELSE blob.location END,
        damaged = FALSE
      RETURNING location
      """;
  private static final String FREE = "DELETE FROM trash WHERE location = $1";
  private static final String DISCARD =
      "INSERT INTO trash (location, due) VALUES ($1, :now) ON CONFLICT (location) DO NOTHING";
  private static final String LINK =
      """
      INSERT INTO link (repo, digest, touched_at) VALUES ($1, $2, :now)
      ON CONFLICT (repo, digest) DO UPDATE SET touched_at = excluded.touched_at
      """;

  private Naming() {}

  static Future<Void> ensureRepository(Transaction transaction, RepositoryName repository) {
    return transaction.update(REPOSITORY, repository.text()).mapEmpty();
  }

  static Future<Void> nameBlob(
      Transaction transaction, RepositoryName repository, StoredBlob blob, String actor) {
    String digest = blob.digest().text();
    return ensureRepository(transaction, repository)
        .compose(ignored -> write(transaction, NEW_BLOB, blob, true))
        .compose(
            written ->
                written.isPresent()
                    ? Future.succeededFuture(written)
                    : write(transaction, KNOWN_BLOB, blob, false))
        .map(Optional::orElseThrow)
        .compose(
            named ->
                // Somebody was first and lies elsewhere: these bytes are not needed. Otherwise they
                // are, whatever was planned.
                transaction
                    .update(
                        named.location().equals(blob.location()) ? FREE : DISCARD, blob.location())
                    .compose(ignored -> transaction.update(LINK, repository.text(), digest))
                    .compose(
                        ignored ->
                            Outbox.append(
                                transaction,
                                new BlobPushed(
                                    repository,
                                    actor,
                                    blob.digest(),
                                    blob.size(),
                                    named.stored()))));
  }

  private static Future<Optional<Named>> write(
      Transaction transaction, String sql, StoredBlob blob, boolean stored) {
    return transaction.first(
        sql,
        row -> new Named(row.string("location"), stored),
        blob.digest().text(),
        blob.size(),
        blob.location());
  }

  /** Where the bytes of a digest are, and whether this push brought them. */
  private record Named(String location, boolean stored) {}
}
