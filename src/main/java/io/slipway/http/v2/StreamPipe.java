package io.slipway.http.v2;

import io.slipway.blob.BlobStream;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerResponse;

/**
 * Copies bytes from another machine into an answer, no faster than the client takes them, and ends
 * the reading when the client leaves.
 */
final class StreamPipe {
  private final BlobStream bytes;
  private final HttpServerResponse response;
  private final Promise<Void> copied = Promise.promise();

  StreamPipe(BlobStream bytes, HttpServerResponse response) {
    this.bytes = bytes;
    this.response = response;
  }

  /** Copies everything and leaves the answer open. */
  Future<Void> run() {
    bytes.exceptionHandler(copied::tryFail);
    bytes.endHandler(ignored -> copied.tryComplete());
    bytes.handler(this::write);
    bytes.resume();
    return copied.future();
  }

  private void write(Buffer buffer) {
    if (response.closed()) {
      leave(new HttpClosedException("the client has gone"));
      return;
    }
    Future<Void> written = response.write(buffer);
    if (response.writeQueueFull()) {
      bytes.pause();
      // A write that the client does not take any more fails at last, when the connection ends.
      written.onComplete(ignored -> bytes.resume(), this::leave);
    } else {
      written.onFailure(this::leave);
    }
  }

  private void leave(Throwable cause) {
    bytes.cancel();
    copied.tryFail(cause);
  }
}
