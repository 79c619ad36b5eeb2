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
  /**
   * What may wait for the client to take it, and how little before more is asked for. Counted here:
   * an HTTP/2 response of Vert.x is full when 16 buffers wait, whatever their size.
   */
  private static final int MAX_UNSENT = 192 * 1024;

  private static final int LITTLE_UNSENT = 64 * 1024;

  private final BlobStream bytes;
  private final HttpServerResponse response;
  private final Promise<Void> copied = Promise.promise();
  private int unsent;
  private boolean paused;

  StreamPipe(BlobStream bytes, HttpServerResponse response) {
    this.bytes = bytes;
    this.response = response;
  }

  /** Copies everything and leaves the answer open. */
  Future<Void> run() {
    // Also while there is nothing to write.
    response.closeHandler(ignored -> leave(new HttpClosedException("the client has gone")));
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
    int length = buffer.length();
    unsent += length;
    // A write that the client does not take any more fails at last, when the connection ends.
    response.write(buffer).onComplete(ignored -> sent(length), this::leave);
    if (!paused && unsent > 0 && (unsent > MAX_UNSENT || response.writeQueueFull())) {
      paused = true;
      bytes.pause();
    }
  }

  private void sent(int length) {
    unsent -= length;
    if (paused && unsent <= LITTLE_UNSENT && !copied.future().isComplete()) {
      paused = false;
      bytes.resume();
    }
  }

  private void leave(Throwable cause) {
    bytes.cancel();
    copied.tryFail(cause);
  }
}
