package io.slipway.blob;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/**
 * The bytes of a blob on their way from another machine: paused until its reader asks, and never
 * more than a few buffers ahead of it. Belongs to one context.
 */
public interface BlobStream extends ReadStream<Buffer> {

  /** Ends the reading, also at the other machine; no handler is called any more. */
  void cancel();

  /** Reads all of it into memory; for what is known to be small. */
  default Future<Buffer> collect() {
    Promise<Buffer> whole = Promise.promise();
    Buffer bytes = Buffer.buffer();
    exceptionHandler(whole::tryFail);
    endHandler(ignored -> whole.tryComplete(bytes));
    handler(bytes::appendBuffer);
    resume();
    return whole.future();
  }
}
