package io.slipway.testing;

import io.slipway.testing.S3Fault.Kind;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The body of one answer of the {@link FakeS3}, and what goes wrong with it. */
final class FakeBody {
  private static final int CHUNK = 64 * 1024;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final AtomicLong sent;
  private final AtomicInteger sending;
  private final AtomicBoolean over = new AtomicBoolean();
  private @Nullable S3Fault fault;

  /**
   * Takes an answer whose head is written.
   *
   * @param sent counts bytes, of all bodies
   * @param sending counts bodies on their way
   */
  FakeBody(
      Vertx vertx,
      HttpServerRequest request,
      @Nullable S3Fault fault,
      AtomicLong sent,
      AtomicInteger sending) {
    this.vertx = vertx;
    this.request = request;
    this.fault = fault;
    this.sent = sent;
    this.sending = sending;
  }

  void send(Buffer bytes) {
    sending.incrementAndGet();
    request.response().endHandler(ignored -> end());
    request.response().closeHandler(ignored -> end());
    boolean spoilt = fault != null && fault.kind() == Kind.SPOIL_BODY;
    sendFrom(spoilt ? spoil(bytes.copy()) : bytes, 0);
  }

  private void end() {
    if (!over.getAndSet(true)) {
      sending.decrementAndGet();
    }
  }

  private static Buffer spoil(Buffer bytes) {
    int middle = bytes.length() / 2;
    return bytes.setByte(middle, (byte) ~bytes.getByte(middle));
  }

  private void sendFrom(Buffer bytes, int position) {
    HttpServerResponse response = request.response();
    S3Fault now = fault;
    int stop = now != null && stops(now.kind()) ? now.bytes() : Integer.MAX_VALUE;
    if (now != null && position >= stop) {
      interrupt(now, bytes, position);
      return;
    }
    if (position == bytes.length()) {
      response.end();
      return;
    }
    int next = Math.min(Math.min(bytes.length(), position + CHUNK), stop);
    // Before they can arrive: who has them may look at once.
    sent.addAndGet(next - position);
    response.write(bytes.slice(position, next)).onSuccess(ignored -> sendFrom(bytes, next));
  }

  private static boolean stops(Kind kind) {
    return kind == Kind.BREAK_BODY || kind == Kind.HOLD_BODY;
  }

  private void interrupt(S3Fault why, Buffer bytes, int position) {
    if (why.kind() == Kind.BREAK_BODY) {
      request.connection().close();
      return;
    }
    Context context = vertx.getOrCreateContext();
    fault = null;
    why.hold(() -> context.runOnContext(ignored -> sendFrom(bytes, position)));
  }
}
