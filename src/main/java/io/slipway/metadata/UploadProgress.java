package io.slipway.metadata;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * How far the bytes of an upload are.
 *
 * @param size bytes that are stored and acknowledged
 * @param nextPart the first part number that no writer can be using
 * @param resume what the blob store needs to go on from here, which is nobody else's business; null
 *     for nothing
 */
public record UploadProgress(long size, long nextPart, @Nullable Buffer resume) {

  /** Returns the progress of an upload whose store needs nothing to go on. */
  public static UploadProgress of(long size) {
    return new UploadProgress(size, 1, null);
  }
}
