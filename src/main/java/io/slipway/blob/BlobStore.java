package io.slipway.blob;

import io.vertx.core.Future;

/**
 * Keeps published bytes by location.
 *
 * <p>Promises no check of what it is told: a location that was never published is simply not there.
 */
public interface BlobStore {

  /**
   * Opens bytes for reading.
   *
   * @param place where they are
   * @param size their length, as the metadata knows it
   * @return a failed future of {@code BLOB_UNKNOWN} when they are known not to be there
   */
  Future<BlobContent> open(BlobPlace place, long size);

  /** Deletes bytes; tells whether they were there. Durable when the future completes. */
  Future<Boolean> delete(String location);
}
