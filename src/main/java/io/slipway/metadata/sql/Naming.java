package io.slipway.metadata.sql;

import io.slipway.database.Transaction;
import io.slipway.event.Actor;
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
  private static final String BLOB =
      """
      INSERT INTO blob (digest, size, location, damaged, created_at, touched_at)
      VALUES ($1, $2, $3, FALSE, :now, :now)
      ON CONFLICT (digest) DO UPDATE SET touched_at = excluded.touched_at,
        location = CASE WHEN blob.damaged THEN excluded.location ELSE blob.location END,
        damaged = FALSE, damage = NULL, damaged_at = NULL, pushes = blob.pushes + 1
      RETURNING location, pushes
      """;
  private static final String FREE = "DELETE FROM trash WHERE location = $1";
  private static final String DISCARD =
      "INSERT INTO trash (location, due) VALUES ($1, :now) ON CONFLICT (location) DO NOTHING";
  private static final String LINK =
      """
      INSERT INTO link (repo, digest, touched_at) VALUES ($1, $2, :now)
      ON CONFLICT (repo, digest) DO UPDATE SET touched_at = excluded.touched_at,
        pushes = link.pushes + 1
      RETURNING pushes
      """;

  private Naming() {}

  static Future<Void> ensureRepository(Transaction transaction, RepositoryName repository) {
    return transaction.update(REPOSITORY, repository.text()).mapEmpty();
  }

  static Future<Void> nameBlob(
      Transaction transaction, RepositoryName repository, StoredBlob blob, Actor actor) {
    Tally tally = new Tally();
    return ensureRepository(transaction, repository)
        .compose(ignored -> name(transaction, blob))
        .compose(
            named -> {
              tally.pushedBlob(repository.text(), named.stored(), blob.size());
              BlobPushed event =
                  new BlobPushed(repository, actor, blob.digest(), blob.size(), named.stored());
              // Somebody was first and lies elsewhere: these bytes are not needed. Otherwise they
              // are, whatever was planned.
              String trash = named.location().equals(blob.location()) ? FREE : DISCARD;
              return transaction
                  .update(trash, blob.location())
                  .compose(ignored -> link(transaction, repository, blob, tally))
                  .compose(ignored -> Outbox.append(transaction, event))
                  .compose(ignored -> tally.write(transaction));
            });
  }

  private static Future<Named> name(Transaction transaction, StoredBlob blob) {
    return transaction
        .first(
            BLOB,
            row -> new Named(row.string("location"), row.number("pushes") == 1),
            blob.digest().text(),
            blob.size(),
            blob.location())
        .map(Optional::orElseThrow);
  }

  private static Future<Void> link(
      Transaction transaction, RepositoryName repository, StoredBlob blob, Tally tally) {
    return transaction
        .first(LINK, row -> row.number("pushes"), repository.text(), blob.digest().text())
        .map(
            pushes -> {
              if (pushes.orElseThrow() == 1) {
                tally.linked(repository.text(), blob.size());
              }
              return null;
            });
  }

  /** Where the bytes of a digest are, and whether this push brought them. */
  private record Named(String location, boolean stored) {}
}
