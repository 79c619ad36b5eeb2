package io.slipway.server;

import io.slipway.blob.BlobStorage;
import io.slipway.blob.s3.S3Storage;
import io.slipway.database.Database;
import io.slipway.database.Migrations;
import io.slipway.database.postgres.PostgresDatabase;
import io.slipway.database.postgres.PostgresOptions;
import io.slipway.event.Actor;
import io.slipway.gc.GarbageCollection;
import io.slipway.gc.GcOptions;
import io.slipway.gc.GcReport;
import io.slipway.metadata.DeadBlob;
import io.slipway.runtime.Metrics;
import io.slipway.server.GarbageResult.Gone;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Collects garbage in this process, without a server. */
final class LocalCollection {
  private static final Duration OPENING = Duration.ofMinutes(5);
  private static final Duration CLOSING = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final String COMMAND = "registry gc (process %d)";

  private final RegistryConfig config;
  private final Vertx vertx = ServerVertx.alone();
  private final Metrics metrics = new Metrics();

  LocalCollection(RegistryConfig config) {
    this.config = config;
  }

  /**
   * Collects. Blocks.
   *
   * @throws FolderInUseException when another process has the data folder
   * @throws IOException with a sentence for people when it failed otherwise
   */
  GarbageResult run(GarbageWish wish) throws IOException {
    try {
      return config.isShared() ? shared(wish) : alone(wish);
    } finally {
      await(vertx.close(), CLOSING);
      metrics.close();
    }
  }

  private GarbageResult alone(GarbageWish wish) throws IOException {
    Path folder = config.storage().path();
    if (!Files.isDirectory(folder)) {
      throw new IOException(
          "tried to collect garbage but there is no data folder " + folder.toAbsolutePath());
    }
    RegistryStores stores =
        await(RegistryStores.open(vertx, config, metrics, ignored -> {}), OPENING);
    try {
      stores.bytes().folder().runs(worker());
      return collect(stores.bytes().storage(), stores.metadata().database(), wish);
    } finally {
      await(stores.close(vertx), CLOSING);
    }
  }

  /** Takes no folder: the nodes have theirs, and the lease is in the database. */
  private GarbageResult shared(GarbageWish wish) throws IOException {
    PostgresOptions options =
        PostgresOptions.of(config.database().postgres().orElseThrow(), config.database());
    Database database = await(PostgresDatabase.open(options, vertx, metrics.registry()), OPENING);
    try {
      S3Storage storage = S3Storage.open(vertx, config.storage().s3(), metrics.registry());
      try {
        await(Migrations.bundled().apply(database), OPENING);
        await(requireSameRegistry(database, storage), OPENING);
        return collect(storage, database, wish);
      } finally {
        storage.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("tried to collect garbage but was interrupted", e);
    } finally {
      await(database.close(), CLOSING);
    }
  }

  /** A bucket of another registry has blobs of the same names. */
  private static Future<Void> requireSameRegistry(Database database, S3Storage storage) {
    return new DatabaseOwner(database)
        .owner()
        .compose(
            owner ->
                owner.isEmpty()
                    ? Future.failedFuture(
                        new IOException(
                            "tried to collect garbage but no registry has used this database yet"))
                    : new BucketOwner(storage.copies()).require(owner.get()));
  }

  private static String worker() {
    return COMMAND.formatted(ProcessHandle.current().pid());
  }

  private GarbageResult collect(BlobStorage storage, Database database, GarbageWish wish)
      throws IOException {
    GarbageCollection collection =
        GarbageJob.collection(vertx, config, storage, database, worker(), metrics.registry());
    GcOptions options =
        new GcOptions(
            !wish.delete(), wish.grace(), wish.verbose(), Actor.named("registry gc"), false);
    return result(await(collection.run(options), LONGEST));
  }

  private static GarbageResult result(GcReport report) {
    List<Gone> details =
        report.deadBlobs().stream()
            .map(blob -> new Gone(blob.digest().text(), blob.size(), DeadBlob.REASON))
            .toList();
    return new GarbageResult(report.blobs(), report.bytes(), details);
  }

  private static <T> T await(Future<T> future, Duration timeout) throws IOException {
    try {
      return future.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("tried to collect garbage but it took too long", e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw e instanceof IOException failure ? failure : new IOException(e.getMessage(), e);
    }
  }
}
