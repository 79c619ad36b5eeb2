package io.slipway.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;

/**
 * Reads and drops the rest of a body that was answered before it had come, so that its sender can
 * read the answer and go on using the connection; gives up on one that is too long or too slow.
 *
 * <p>Closing at once would make the kernel reset the connection, and the client would see that
 * instead of the answer.
 */
final class UnreadBody {
  static final long MAX_BYTES = 64L * 1024 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long NO_ERROR = 0;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final long before;
  private boolean over;

  private UnreadBody(Vertx vertx, HttpServerRequest request) {
    this.vertx = vertx;
    this.request = request;
    this.before = request.bytesRead();
  }

  /**
   * Prepares the answer; to be called before its head is sent.
   *
   * <p>A client that asked {@code Expect: 100-continue} may or may not send the body now, which
   * nobody can tell from the next request: the connection must end.
   */
  static void announce(HttpServerRequest request) {
    if (mustClose(request)) {
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
  }

  private static boolean mustClose(HttpServerRequest request) {
    return !request.isEnded()
        && request.version() != HttpVersion.HTTP_2
        && request.headers().contains("Expect");
  }

  /** Drops what is still to come; to be called when the answer is on its way. */
  static void drop(Vertx vertx, HttpServerRequest request) {
    if (!request.isEnded()) {
      new UnreadBody(vertx, request).run();
    }
  }

  private void run() {
    boolean close = mustClose(request);
    long timer = vertx.setTimer(PATIENCE.toMillis(), ignored -> giveUp());
    request.exceptionHandler(
        ignored -> {
          over = true;
          vertx.cancelTimer(timer);
        });
    request.handler(
        bytes -> {
          if (request.bytesRead() - before > MAX_BYTES) {
            vertx.cancelTimer(timer);
            giveUp();
          }
        });
    request.endHandler(
        ignored -> {
          over = true;
          vertx.cancelTimer(timer);
          if (close) {
            request.connection().close();
          }
        });
    request.resume();
  }

  private void giveUp() {
    if (over) {
      return;
    }
    over = true;
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset(NO_ERROR);
    } else {
      request.connection().close();
    }
  }
}
