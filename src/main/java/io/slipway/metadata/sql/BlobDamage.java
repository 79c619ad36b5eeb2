package io.slipway.metadata.sql;

import io.slipway.database.Transaction;
import io.slipway.event.Actor;
import io.slipway.event.Event.BlobDamaged;
import io.slipway.event.Outbox;
import io.slipway.metadata.Scrubbed.BlobState;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;

/** Marks a blob as damaged, and tells of it. */
final class BlobDamage {
  private static final String MARK =
      """
      UPDATE blob SET damaged = TRUE, location = $3, damage = $4, damaged_at = :now
      WHERE digest = $1 AND location = $2 AND NOT damaged
      """;
  private static final String MARK_SEEN = MARK + " AND pushes = $5 AND created_at = $6";
  private static final String DISCARD =
      "INSERT INTO trash (location, due) VALUES ($1, :now) ON CONFLICT (location) DO NOTHING";
  // Whoever has more of them will hear of it from these.
  private static final String LINKING =
      "SELECT repo FROM link WHERE digest = $1 ORDER BY repo LIMIT 1000";

  private static final Actor ACTOR = Actor.named("scrub");

  private BlobDamage() {}

  /** Returns false when the blob is elsewhere by now, or marked already. */
  static Future<Boolean> mark(
      Transaction transaction, Digest digest, String location, String aside, String reason) {
    return transaction
        .update(MARK, digest.text(), location, aside, reason)
        .compose(rows -> tell(transaction, digest, location, aside, reason, rows));
  }

  /** As the other one; returns false, too, when the blob was pushed since it was seen. */
  static Future<Boolean> mark(
      Transaction transaction, Digest digest, BlobState seen, String aside, String reason) {
    String location = seen.location();
    return transaction
        .update(MARK_SEEN, digest.text(), location, aside, reason, seen.pushes(), seen.createdAt())
        .compose(rows -> tell(transaction, digest, location, aside, reason, rows));
  }

  private static Future<Boolean> tell(
      Transaction transaction,
      Digest digest,
      String location,
      String aside,
      String reason,
      int marked) {
    return marked == 0
        ? Future.succeededFuture(false)
        : discard(transaction, location, aside)
            .compose(ignored -> announce(transaction, digest, reason))
            .map(true);
  }

  private static Future<Integer> discard(Transaction transaction, String location, String aside) {
    return location.equals(aside)
        ? Future.succeededFuture(0)
        : transaction.update(DISCARD, location);
  }

  private static Future<Void> announce(Transaction transaction, Digest digest, String reason) {
    return transaction
        .query(LINKING, row -> new RepositoryName(row.string("repo")), digest.text())
        .compose(
            repositories -> {
              Future<Void> told = Future.succeededFuture();
              for (RepositoryName repository : repositories) {
                told =
                    told.compose(
                        ignored ->
                            Outbox.append(
                                transaction, new BlobDamaged(repository, ACTOR, digest, reason)));
              }
              return told;
            });
  }
}
