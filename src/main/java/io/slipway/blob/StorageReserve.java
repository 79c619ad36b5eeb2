package io.slipway.blob;

import io.vertx.core.Future;

/**
 * Keeps the last part of the storage free, so that pushes end before space does and deletions still
 * work.
 */
@FunctionalInterface
public interface StorageReserve {

  /** Fails with {@code STORAGE_FULL} when so many more bytes would leave less than the reserve. */
  Future<Void> require(long bytes);
}
