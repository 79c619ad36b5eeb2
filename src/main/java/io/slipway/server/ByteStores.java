package io.slipway.server;

import static java.util.Objects.requireNonNull;

import io.slipway.blob.BlobStorage;
import io.slipway.blob.BlobStore;
import io.slipway.blob.StorageCacheConfig;
import io.slipway.blob.StorageConfig;
import io.slipway.blob.cache.DiskCache;
import io.slipway.blob.cache.SmallBlobs;
import io.slipway.blob.file.FileStorage;
import io.slipway.blob.s3.S3Storage;
import io.slipway.runtime.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes in the files of a folder or in a bucket, and the folder, which this process owns until it
 * is closed.
 */
record ByteStores(
    DataFolder folder, BlobStorage storage, @Nullable DiskCache cache, BlobStore blobs) {
  private static final Logger LOG = LoggerFactory.getLogger(ByteStores.class);

  /** Takes the folder and opens the store; when the future fails nothing is left open. */
  static Future<ByteStores> open(Vertx vertx, RegistryConfig config, Metrics metrics) {
    return vertx
        .executeBlocking(() -> DataFolder.take(config.storage().path()), false)
        .compose(folder -> open(vertx, config, requireNonNull(folder), metrics));
  }

  private static Future<ByteStores> open(
      Vertx vertx, RegistryConfig config, DataFolder folder, Metrics metrics) {
    return vertx
        .executeBlocking(() -> openStore(vertx, config, folder, metrics), false)
        .map(Objects::requireNonNull)
        .onFailure(cause -> release(folder, false));
  }

  private static ByteStores openStore(
      Vertx vertx, RegistryConfig config, DataFolder folder, Metrics metrics)
      throws IOException, InterruptedException {
    long memory = config.cache().blobs().bytes();
    BlobStorage storage = storage(vertx, config.storage(), folder, metrics);
    StorageCacheConfig settings = config.storage().cache();
    Path path = settings.diskPath();
    if (path == null || settings.diskSizeGb() == 0) {
      return new ByteStores(folder, storage, null, new SmallBlobs(storage.blobs(), vertx, memory));
    }
    try {
      DiskCache cache = DiskCache.open(vertx, storage.blobs(), path, settings, metrics.registry());
      return new ByteStores(folder, storage, cache, new SmallBlobs(cache, vertx, memory));
    } catch (IOException | RuntimeException e) {
      storage.close();
      throw e;
    }
  }

  private static BlobStorage storage(
      Vertx vertx, StorageConfig config, DataFolder folder, Metrics metrics)
      throws IOException, InterruptedException {
    return switch (config.backend()) {
      case FILESYSTEM -> FileStorage.open(folder.root(), config.reserve().bytes());
      case S3 -> S3Storage.open(vertx, config.s3(), metrics.registry());
    };
  }

  /** Returns the name of the node that works in the folder. */
  Future<String> node(Vertx vertx) {
    return vertx.executeBlocking(folder::nodeId, false).map(Objects::requireNonNull);
  }

  /** Says that this process is at work, and has repaired what an earlier one left. */
  Future<Void> beat(Vertx vertx) {
    return blocking(
        vertx,
        () -> {
          folder.beat();
          return true;
        });
  }

  /**
   * Closes the store, then gives the folder free.
   *
   * @param clean whether everything was written that should be
   */
  Future<Void> close(Vertx vertx, boolean clean) {
    return blocking(
        vertx,
        () -> {
          try {
            closeStores();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          release(folder, clean);
          return true;
        });
  }

  private void closeStores() throws InterruptedException {
    try {
      if (cache != null) {
        cache.close();
      }
    } finally {
      storage.close();
    }
  }

  private static Future<Void> blocking(Vertx vertx, Callable<Boolean> work) {
    return vertx.executeBlocking(work, false).mapEmpty();
  }

  private static void release(DataFolder folder, boolean clean) {
    try {
      folder.release(clean);
    } catch (IOException e) {
      LOG.warn("tried to give the data folder {} free but {}", folder.root(), e.toString());
    }
  }
}
