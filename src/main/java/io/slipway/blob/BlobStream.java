package io.slipway.blob;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/**
 * The bytes of a blob on their way from another machine: paused until its reader asks, and never
 * more than a few buffers ahead of it. Belongs to one context.
 */
public interface BlobStream extends ReadStream<Buffer> {

  /** Ends the reading, also at the other machine; no handler is called any more. */
  void cancel();
}
