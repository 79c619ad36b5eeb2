package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Lease;
import io.slipway.database.Row;
import io.slipway.database.Transaction;
import io.slipway.event.Actor;
import io.slipway.event.Event.ManifestDeleted;
import io.slipway.event.Outbox;
import io.slipway.metadata.DeadBlob;
import io.slipway.metadata.GarbageMarks.Hold;
import io.slipway.metadata.GarbageSweep;
import io.slipway.metadata.Reachability;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sweeps garbage in SQL: lock, then look in another statement, then delete. */
public final class SqlGarbageSweep implements GarbageSweep {
  /** Who deletes, as events tell it. */
  static final Actor ACTOR = Actor.named("gc");

  private static final String LOCK_MANIFESTS =
      """
      SELECT digest FROM manifest WHERE repo = $1 AND digest = ANY($2) AND touched_at <= $3
      ORDER BY digest FOR UPDATE SKIP LOCKED
      """;
  private static final String TAGGED =
      """
      SELECT digest FROM tag WHERE repo = $1 AND digest = ANY($2)
      UNION SELECT digest FROM tag_history
      WHERE repo = $1 AND digest = ANY($2) AND ended_at > $3
      """;
  private static final String DELETE_MANIFESTS =
      "DELETE FROM manifest WHERE repo = $1 AND digest = ANY($2) RETURNING "
          + Tally.MANIFEST_DELETED;
  private static final String LOCK_LINKS =
      """
      SELECT digest FROM link WHERE repo = $1 AND digest = ANY($2) AND touched_at <= $3
      ORDER BY digest FOR UPDATE SKIP LOCKED
      """;
  private static final String NEEDED =
      "SELECT digest FROM reference WHERE repo = $1 AND digest = ANY($2) UNION "
          + SqlGarbageMarks.HELD;
  private static final String DELETE_LINKS =
      "DELETE FROM link WHERE repo = $1 AND digest = ANY($2) RETURNING " + Tally.LINK_SIZE;
  private static final String LOCK_BLOBS =
      """
      SELECT digest FROM blob WHERE digest = ANY($1) AND touched_at <= $2
      ORDER BY digest FOR UPDATE SKIP LOCKED
      """;
  private static final String LINKED = "SELECT DISTINCT digest FROM link WHERE digest = ANY($1)";
  private static final String DELETE_BLOBS =
      "DELETE FROM blob WHERE digest = ANY($1) RETURNING digest, size, location, moving_to";
  // A key that was buried may have new bytes by now: it is due again.
  private static final String DISCARD =
      """
      INSERT INTO trash (location, due) VALUES ($1, :now + $2)
      ON CONFLICT (location) DO UPDATE SET due = excluded.due,
        claimed_by = NULL, claimed_at = NULL, buried_at = NULL
      """;

  private final Database database;
  private final long pushMillis;

  /**
   * Sweeps a database.
   *
   * @param longestPush how long an upload may last: one holds no link that is older
   */
  public SqlGarbageSweep(Database database, Duration longestPush) {
    this.database = database;
    this.pushMillis = longestPush.toMillis();
  }

  @Override
  public Future<List<Digest>> manifests(
      Lease lease, RepositoryName repository, List<Digest> marked, long cutoff) {
    return database.transaction(
        transaction ->
            lease
                .guard(transaction)
                .compose(held -> lock(transaction, LOCK_MANIFESTS, repository, marked, cutoff))
                .compose(locked -> unneeded(transaction, repository, locked, cutoff))
                .compose(dead -> deleteManifests(transaction, repository, dead)));
  }

  private static Future<List<Digest>> lock(
      Transaction transaction,
      String sql,
      RepositoryName repository,
      List<Digest> marked,
      long cutoff) {
    return transaction.query(
        sql, SqlGarbageSweep::digest, repository.text(), texts(marked), cutoff);
  }

  private static Future<List<Digest>> unneeded(
      Transaction transaction, RepositoryName repository, List<Digest> locked, long cutoff) {
    if (locked.isEmpty()) {
      return Future.succeededFuture(locked);
    }
    String repo = repository.text();
    List<String> digests = texts(locked);
    Future<List<Digest>> tagged =
        transaction.query(TAGGED, SqlGarbageSweep::digest, repo, digests, cutoff);
    return tagged.compose(
        needed -> {
          Future<List<Hold>> holds =
              transaction.query(SqlGarbageMarks.HOLDS, SqlGarbageMarks::hold, repo, digests);
          return holds.map(found -> Reachability.unneeded(locked, new HashSet<>(needed), found));
        });
  }

  private static Future<List<Digest>> deleteManifests(
      Transaction transaction, RepositoryName repository, List<Digest> dead) {
    if (dead.isEmpty()) {
      return Future.succeededFuture(dead);
    }
    Tally tally = new Tally();
    Future<?> deleted =
        transaction
            .query(DELETE_MANIFESTS, Tally.Deleted::of, repository.text(), texts(dead))
            .map(
                rows -> {
                  rows.forEach(tally::deletedManifest);
                  return rows.size();
                });
    for (Digest digest : dead) {
      deleted =
          deleted
              .compose(
                  ignored ->
                      Outbox.append(transaction, new ManifestDeleted(repository, ACTOR, digest)))
              .compose(ignored -> CopyDue.manifest(transaction, repository, digest));
    }
    return deleted.compose(ignored -> tally.write(transaction)).map(ignored -> dead);
  }

  @Override
  public Future<List<Digest>> links(
      Lease lease, RepositoryName repository, List<Digest> marked, long cutoff) {
    return database.transaction(
        transaction ->
            lease
                .guard(transaction)
                .compose(held -> lock(transaction, LOCK_LINKS, repository, marked, cutoff))
                .compose(locked -> unlink(transaction, repository, locked, cutoff)));
  }

  private Future<List<Digest>> unlink(
      Transaction transaction, RepositoryName repository, List<Digest> locked, long cutoff) {
    if (locked.isEmpty()) {
      return Future.succeededFuture(locked);
    }
    String repo = repository.text();
    return transaction
        .query(NEEDED, SqlGarbageSweep::digest, repo, texts(locked), cutoff, cutoff - pushMillis)
        .compose(
            needed -> {
              List<Digest> dead = without(locked, needed);
              return deleteLinks(transaction, repo, dead).map(dead);
            });
  }

  private static Future<Void> deleteLinks(Transaction transaction, String repo, List<Digest> dead) {
    Tally tally = new Tally();
    return transaction
        .query(DELETE_LINKS, row -> row.number("size"), repo, texts(dead))
        .compose(
            sizes -> {
              sizes.forEach(size -> tally.unlinked(repo, size));
              return tally.write(transaction);
            });
  }

  private static List<Digest> without(List<Digest> all, List<Digest> some) {
    Set<Digest> left = new HashSet<>(some);
    return all.stream().filter(digest -> !left.contains(digest)).toList();
  }

  @Override
  public Future<List<DeadBlob>> blobs(
      Lease lease, List<Digest> marked, long cutoff, Duration deleteAfter) {
    return database.transaction(
        transaction ->
            lease
                .guard(transaction)
                .compose(
                    held ->
                        transaction.query(
                            LOCK_BLOBS, SqlGarbageSweep::digest, texts(marked), cutoff))
                .compose(locked -> deleteBlobs(transaction, locked, deleteAfter)));
  }

  private static Future<List<DeadBlob>> deleteBlobs(
      Transaction transaction, List<Digest> locked, Duration deleteAfter) {
    if (locked.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    return transaction
        .query(LINKED, SqlGarbageSweep::digest, texts(locked))
        .compose(
            needed -> transaction.query(DELETE_BLOBS, Deleted::of, texts(without(locked, needed))))
        .compose(deleted -> discard(transaction, deleted, deleteAfter));
  }

  private static Future<List<DeadBlob>> discard(
      Transaction transaction, List<Deleted> deleted, Duration deleteAfter) {
    Tally tally = new Tally();
    List<String> keys = new ArrayList<>();
    for (Deleted blob : deleted) {
      tally.deletedBlob(blob.blob().size());
      keys.add(blob.location());
      if (blob.movingTo() != null) {
        keys.add(blob.movingTo());
      }
    }
    Future<?> discarded = Future.succeededFuture();
    for (String key : keys.stream().sorted().toList()) {
      discarded =
          discarded.compose(ignored -> transaction.update(DISCARD, key, deleteAfter.toMillis()));
    }
    return discarded
        .compose(ignored -> tally.write(transaction))
        .map(ignored -> deleted.stream().map(Deleted::blob).toList());
  }

  private static Digest digest(Row row) {
    return Digest.parse(row.string("digest"));
  }

  private static List<String> texts(List<Digest> digests) {
    return SqlGarbageMarks.texts(digests);
  }

  /** A blob that is no more, and where its bytes are. */
  private record Deleted(DeadBlob blob, String location, @Nullable String movingTo) {
    static Deleted of(Row row) {
      return new Deleted(
          SqlGarbageMarks.blob(row), row.string("location"), row.stringOrNull("moving_to"));
    }
  }
}
