package io.slipway.http.v2;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/**
 * Sends an answer that lies in memory, a large one no faster than the client takes it: what is
 * written is copied into direct memory, which all share, and stays there until the client takes it.
 * Used on the event loop of the request.
 */
final class BytesSender {
  private static final int SENT_AT_ONCE = 256 * 1024;
  private static final int SLICE = 64 * 1024;

  /** What may wait for the client to take it. */
  private static final int MAX_UNSENT = 2 * SLICE;

  private final HttpServerResponse response;
  private final Buffer bytes;
  private int position;
  private int unsent;
  private boolean writing;

  private BytesSender(HttpServerResponse response, Buffer bytes) {
    this.response = response;
    this.bytes = bytes;
  }

  /**
   * Ends an answer with its body.
   *
   * @param bytes the whole body, which does not change any more
   */
  static void end(HttpServerResponse response, Buffer bytes) {
    if (bytes.length() <= SENT_AT_ONCE) {
      response.end(bytes);
      return;
    }
    response.putHeader(V2Headers.CONTENT_LENGTH, Integer.toString(bytes.length()));
    new BytesSender(response, bytes).write();
  }

  private void write() {
    writing = true;
    while (unsent + SLICE <= MAX_UNSENT && bytes.length() - position > SLICE) {
      unsent += SLICE;
      // A write that the client does not take any more fails at last, when the connection ends.
      response.write(next(SLICE)).onSuccess(ignored -> sent());
    }
    writing = false;
    if (unsent + SLICE <= MAX_UNSENT) {
      response.end(next(bytes.length() - position));
    }
  }

  private Buffer next(int length) {
    position += length;
    return bytes.slice(position - length, position);
  }

  private void sent() {
    unsent -= SLICE;
    // Else the loop goes on by itself, or the end was written.
    if (!writing && position < bytes.length()) {
      write();
    }
  }
}
