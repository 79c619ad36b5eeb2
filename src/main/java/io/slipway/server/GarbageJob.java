package io.slipway.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.blob.BlobStorage;
import io.slipway.blob.file.FileStorage;
import io.slipway.blob.s3.S3Storage;
import io.slipway.database.Database;
import io.slipway.gc.GarbageCollection;
import io.slipway.gc.GcOptions;
import io.slipway.gc.GcSchedule;
import io.slipway.gc.GcStores;
import io.slipway.gc.GcTimer;
import io.slipway.job.JobRuns;
import io.slipway.metadata.GarbageSweep;
import io.slipway.metadata.sql.SqlFileTrash;
import io.slipway.metadata.sql.SqlGarbageMarks;
import io.slipway.metadata.sql.SqlGarbageSweep;
import io.slipway.metadata.sql.SqlRecentMarks;
import io.slipway.metadata.sql.SqlRestore;
import io.slipway.metadata.sql.SqlTrash;
import io.slipway.storage.FileTrashCollection;
import io.slipway.storage.TrashCollection;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.Supplier;

/** Collects garbage when its time has come, and deletes bytes that nothing names any more. */
final class GarbageJob {
  private static final String NAME = "gc";
  private static final Duration STANDALONE = Duration.ofMinutes(1);
  private static final Duration SHARED = Duration.ofHours(1);

  private final GarbageCollection collection;
  private final Supplier<Future<Integer>> bytes;
  private final Optional<GcTimer> timer;

  /**
   * Makes one that does not look at the clock yet.
   *
   * @param node names this process for people who ask another one
   */
  GarbageJob(
      Vertx vertx,
      RegistryConfig config,
      RegistryStores stores,
      String node,
      MeterRegistry meters) {
    Database database = stores.metadata().database();
    this.bytes = bytes(stores.bytes().storage(), database);
    GcStores work =
        work(
            config,
            database,
            stores.metadata().sweep(),
            stores.metadata().pullTimes()::flush,
            bytes);
    this.collection =
        new GarbageCollection(
            vertx,
            work,
            config.gc(),
            config.storage().bytesKept(),
            new JobRuns(vertx, database, NAME, "the node " + node),
            meters);
    this.timer =
        config.gc().enabled() ? Optional.of(timer(vertx, config, collection)) : Optional.empty();
  }

  private static GcTimer timer(Vertx vertx, RegistryConfig config, GarbageCollection collection) {
    Duration otherwise = config.database().postgres().isPresent() ? SHARED : STANDALONE;
    return new GcTimer(
        vertx,
        GcSchedule.of(config.gc(), otherwise),
        Clock.system(ZoneId.systemDefault()),
        () -> collection.run(GcOptions.scheduled()));
  }

  /**
   * Makes a collection for a process that does nothing else.
   *
   * @param database whose pulls and caches are none of this process
   * @param worker names this process for people who ask a node
   */
  static GarbageCollection collection(
      Vertx vertx,
      RegistryConfig config,
      BlobStorage storage,
      Database database,
      String worker,
      MeterRegistry meters) {
    GcStores work =
        work(
            config,
            database,
            new SqlGarbageSweep(database, config.uploads().maxAge()),
            Future::succeededFuture,
            bytes(storage, database));
    return new GarbageCollection(
        vertx,
        work,
        config.gc(),
        config.storage().bytesKept(),
        new JobRuns(vertx, database, NAME, worker),
        meters);
  }

  private static GcStores work(
      RegistryConfig config,
      Database database,
      GarbageSweep sweep,
      Supplier<Future<Void>> pulls,
      Supplier<Future<Integer>> bytes) {
    return new GcStores(
        database,
        new SqlRestore(database),
        new SqlGarbageMarks(database, config.uploads().maxAge()),
        new SqlRecentMarks(database),
        sweep,
        pulls,
        bytes);
  }

  private static Supplier<Future<Integer>> bytes(BlobStorage storage, Database database) {
    if (storage instanceof S3Storage bucket) {
      return new TrashCollection(new SqlTrash(database), bucket.objects())::run;
    }
    FileStorage files = (FileStorage) storage;
    return new FileTrashCollection(new SqlFileTrash(database), files.turns(), files.blobs())::run;
  }

  GarbageCollection collection() {
    return collection;
  }

  /** Deletes a batch of the bytes that are due; whether there may be more. */
  Future<Boolean> deleteBytes() {
    return bytes.get().map(count -> count > 0);
  }

  /** Begins to look at the clock. */
  void start() {
    collection.listen();
    timer.ifPresent(GcTimer::start);
  }

  /** Ends a run between two batches. */
  Future<Void> stop() {
    timer.ifPresent(GcTimer::stop);
    return collection.stop();
  }
}
