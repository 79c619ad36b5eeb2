package io.slipway.server;

import static java.util.Objects.requireNonNull;

import io.slipway.blob.BlobStore;
import io.slipway.blob.cache.SmallBlobs;
import io.slipway.blob.file.FileStorage;
import io.slipway.database.Database;
import io.slipway.database.Migrations;
import io.slipway.database.sqlite.SqliteDatabase;
import io.slipway.database.sqlite.SqliteOptions;
import io.slipway.event.EventLook;
import io.slipway.metadata.BlobLinks;
import io.slipway.metadata.Manifests;
import io.slipway.metadata.cache.CachedBlobLinks;
import io.slipway.metadata.cache.CachedManifests;
import io.slipway.metadata.sql.SqlBlobLinks;
import io.slipway.metadata.sql.SqlManifests;
import io.slipway.metadata.sql.SqlPullTimes;
import io.slipway.runtime.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stores of the standalone profile: files, SQLite, and caches that are exact because nobody
 * else changes either. Owns the data folder until it is closed.
 */
record StandaloneStores(
    DataFolder folder,
    Database database,
    FileStorage files,
    BlobStore blobs,
    BlobLinks links,
    Manifests manifests,
    SqlPullTimes pullTimes) {

  private static final Logger LOG = LoggerFactory.getLogger(StandaloneStores.class);

  /** Links get a part of what manifests get: both are read by every pull, and links are small. */
  private static final int LINK_SHARE = 4;

  /** Opens everything; when the future fails nothing is left open. */
  static Future<StandaloneStores> open(
      Vertx vertx, RegistryConfig config, Metrics metrics, Consumer<Throwable> onFatal) {
    return vertx
        .executeBlocking(() -> DataFolder.take(config.storage().path()), false)
        .compose(
            folder ->
                open(vertx, config, metrics, onFatal, requireNonNull(folder))
                    .onFailure(cause -> release(folder, false)));
  }

  private static Future<StandaloneStores> open(
      Vertx vertx,
      RegistryConfig config,
      Metrics metrics,
      Consumer<Throwable> onFatal,
      DataFolder folder) {
    Path file = config.database().file(folder.root());
    SqliteOptions options = SqliteOptions.of(file).withReaders(config.database().readers());
    long reserve = config.storage().reserve().bytes();
    return vertx
        .executeBlocking(() -> FileStorage.open(folder.root(), reserve), false)
        .compose(
            files ->
                SqliteDatabase.open(options, vertx, metrics.registry(), onFatal)
                    .compose(database -> migrate(database).map(database))
                    .map(
                        database ->
                            of(vertx, config, folder, requireNonNull(files), database, metrics))
                    .onFailure(cause -> close(requireNonNull(files))));
  }

  private static Future<Void> migrate(Database database) {
    return Migrations.bundled()
        .apply(database)
        .<Void>mapEmpty()
        .recover(cause -> database.close().transform(closed -> Future.failedFuture(cause)));
  }

  private static StandaloneStores of(
      Vertx vertx,
      RegistryConfig config,
      DataFolder folder,
      FileStorage files,
      Database database,
      Metrics metrics) {
    long manifestBytes = config.cache().manifests().bytes();
    CachedManifests manifests =
        new CachedManifests(new SqlManifests(database), manifestBytes, () -> EventLook.send(vertx));
    CachedBlobLinks links =
        new CachedBlobLinks(new SqlBlobLinks(database), manifestBytes / LINK_SHARE);
    CacheMetrics.observe(metrics.registry(), "manifests", manifests::stats);
    CacheMetrics.observe(metrics.registry(), "links", links::stats);
    long blobBytes = config.cache().blobs().bytes();
    SmallBlobs blobs = new SmallBlobs(files.blobs(), vertx, blobBytes);
    return new StandaloneStores(
        folder, database, files, blobs, links, manifests, new SqlPullTimes(database));
  }

  /** Says that this process is at work, and has repaired what an earlier one left. */
  Future<Void> beat(Vertx vertx) {
    return vertx
        .executeBlocking(
            () -> {
              folder.beat();
              return true;
            },
            false)
        .mapEmpty();
  }

  /** Closes the database, then the files, then gives the folder free; blocks a worker meanwhile. */
  Future<Void> close(Vertx vertx) {
    return database
        .close()
        .transform(
            closed ->
                vertx.executeBlocking(
                    () -> {
                      close(files);
                      release(folder, closed.succeeded());
                      return true;
                    },
                    false))
        .mapEmpty();
  }

  private static void close(FileStorage files) {
    try {
      files.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void release(DataFolder folder, boolean clean) {
    try {
      folder.release(clean);
    } catch (IOException e) {
      LOG.warn("tried to give the data folder {} free but {}", folder.root(), e.toString());
    }
  }
}
