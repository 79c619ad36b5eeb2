package io.slipway.server;

import static java.util.Objects.requireNonNull;

import io.slipway.blob.BlobStore;
import io.slipway.blob.cache.SmallBlobs;
import io.slipway.blob.file.FileStorage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bytes in the files of a folder, which this process owns until it is closed. */
record FileStores(DataFolder folder, FileStorage files, BlobStore blobs) {
  private static final Logger LOG = LoggerFactory.getLogger(FileStores.class);

  /** Takes the folder and opens its files; when the future fails nothing is left open. */
  static Future<FileStores> open(Vertx vertx, RegistryConfig config) {
    return vertx
        .executeBlocking(() -> DataFolder.take(config.storage().path()), false)
        .compose(folder -> open(vertx, config, requireNonNull(folder)));
  }

  private static Future<FileStores> open(Vertx vertx, RegistryConfig config, DataFolder folder) {
    long reserve = config.storage().reserve().bytes();
    long memory = config.cache().blobs().bytes();
    return vertx
        .executeBlocking(() -> FileStorage.open(folder.root(), reserve), false)
        .map(
            opened -> {
              FileStorage files = requireNonNull(opened);
              return new FileStores(folder, files, new SmallBlobs(files.blobs(), vertx, memory));
            })
        .onFailure(cause -> release(folder, false));
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
   * Closes the files, then gives the folder free.
   *
   * @param clean whether everything was written that should be
   */
  Future<Void> close(Vertx vertx, boolean clean) {
    return blocking(
        vertx,
        () -> {
          try {
            files.close();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          release(folder, clean);
          return true;
        });
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
