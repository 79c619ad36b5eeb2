package io.slipway.server;

import static java.util.Objects.requireNonNull;

import io.slipway.blob.S3Config;
import io.slipway.blob.s3.S3Storage;
import io.slipway.database.Database;
import io.slipway.job.OneNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ties a process to one registry before it works: its folder, the database and the bucket have to
 * belong to each other.
 *
 * <p>A folder with a name belongs where it did before. One without joins the registry of a database
 * that it shares with others, if that very database has been seen with the bucket: a copy of it,
 * brought up elsewhere, would delete from the bucket what the copy does not name.
 */
final class StoreClaim {
  private static final Logger LOG = LoggerFactory.getLogger(StoreClaim.class);
  private static final String LEASE = "join";
  private static final Duration LEASE_TIME = Duration.ofSeconds(20);

  /**
   * So long it waits for others that join, less than a start may take; and so long without a word.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private static final Duration SILENCE = Duration.ofSeconds(30);

  /** Copying what is in a database, and even restoring it, does not copy these. */
  private static final String DATABASE =
      """
      SELECT c.system_identifier || '-' || d.oid AS name
      FROM pg_control_system() c, pg_database d WHERE d.datname = current_database()
      """;

  private static final String SEEN = "databases";

  private final Vertx vertx;
  private final S3Config bucket;
  private final RegistryStores stores;
  private final DataFolder folder;
  private final Database database;

  private StoreClaim(Vertx vertx, S3Config bucket, RegistryStores stores) {
    this.vertx = vertx;
    this.bucket = bucket;
    this.stores = stores;
    this.folder = stores.bytes().folder();
    this.database = stores.metadata().database();
  }

  /** Fails with a sentence when something belongs to another registry. */
  static Future<Void> make(Vertx vertx, RegistryConfig config, RegistryStores stores) {
    StoreClaim claim = new StoreClaim(vertx, config.storage().s3(), stores);
    boolean inBucket = stores.bytes().storage() instanceof S3Storage;
    if (config.database().postgres().isEmpty()) {
      return inBucket ? claim.id().compose(claim::claimBucket) : Future.succeededFuture();
    }
    return inBucket ? claim.shared() : claim.id().compose(claim::claimDatabase);
  }

  private Future<String> id() {
    return vertx.executeBlocking(folder::id, false).map(id -> requireNonNull(id));
  }

  private Future<Void> claimDatabase(String id) {
    return new DatabaseOwner(database).claim(id, folder.root());
  }

  private Future<Void> claimBucket(String id) {
    return new BucketOwner(stores.bytes().storage().copies()).claim(id, folder.root());
  }

  /** One node after the other: the first ones of a new registry may start at the same moment. */
  private Future<Void> shared() {
    Waiting waiting = new Waiting();
    // Every step is harmless twice: whoever takes the lease from it meanwhile gets the same answer.
    return new OneNode(vertx, database, LEASE, LEASE_TIME)
        .within(PATIENCE, () -> claimShared().map(true), () -> {}, waiting::goesOn)
        .compose(
            joined ->
                joined.isPresent()
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new IllegalStateException(
                            "tried to join the registry of this database but other nodes have been"
                                + " joining it for "
                                + PATIENCE.toMinutes()
                                + " minutes, one after the other or one that does not end: look at"
                                + " the row 'join' of its table lease")));
  }

  private Future<Void> claimShared() {
    return vertx
        .executeBlocking(folder::knownId, false)
        .compose(known -> requireNonNull(known).map(this::claimAgain).orElseGet(this::join));
  }

  private Future<Void> claimAgain(String id) {
    return claimDatabase(id).compose(ignored -> claimBucket(id)).compose(ignored -> remember());
  }

  private Future<Void> join() {
    return new DatabaseOwner(database)
        .owner()
        .compose(
            owner ->
                owner.isPresent()
                    ? requireSeen(owner.get()).compose(ignored -> claimBucket(owner.get()))
                    : found())
        .compose(ignored -> new DatabaseOwner(database).owner())
        .compose(owner -> vertx.executeBlocking(() -> folder.keepId(owner.orElseThrow()), false))
        .mapEmpty();
  }

  /**
   * The first node of a new registry gives it its name. The database has it at last: until then
   * another node takes every step again.
   */
  private Future<Void> found() {
    return databaseName()
        .compose(name -> new DatabaseOwner(database).offer(name, place()))
        .compose(
            id ->
                claimBucket(id)
                    .compose(ignored -> remember())
                    .compose(ignored -> claimDatabase(id)));
  }

  private String place() {
    String server = bucket.endpoint() == null ? "" : bucket.endpoint() + "/";
    return server + bucket.bucket() + "/" + bucket.prefix();
  }

  private Future<String> databaseName() {
    return database.first(DATABASE, row -> row.string("name")).map(Optional::orElseThrow);
  }

  private Future<Void> remember() {
    return databaseName()
        .compose(name -> new BucketMarks(stores.bytes().storage().copies(), SEEN).add(name));
  }

  private Future<Void> requireSeen(String owner) {
    return databaseName()
        .compose(name -> new BucketMarks(stores.bytes().storage().copies(), SEEN).has(name))
        .compose(
            seen ->
                seen
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new IllegalStateException(
                            "tried to use the data folder "
                                + folder.root()
                                + " but it is new, and this database has never been used with this"
                                + " bucket: if it was moved here for good, write "
                                + owner
                                + " into the file storage.id of the folder; if it is a copy for a"
                                + " test, give it a bucket of its own")));
  }

  /** Says once that it waits. */
  private static final class Waiting {
    private final long since = System.nanoTime();
    private boolean told;

    boolean goesOn() {
      if (!told && System.nanoTime() - since > SILENCE.toNanos()) {
        told = true;
        LOG.warn(
            "still waits to join the registry of this database: another node has been joining it"
                + " for {} s",
            SILENCE.toSeconds());
      }
      return true;
    }
  }
}
