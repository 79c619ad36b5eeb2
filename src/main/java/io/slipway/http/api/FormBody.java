package io.slipway.http.api;

import io.slipway.runtime.ContextPromise;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;

/** Reads a small form, which must come soon. */
final class FormBody {
  /** A refresh token and some scopes are a tenth of it. */
  static final int MAX_BYTES = 32 << 10;

  private static final String TYPE = "application/x-www-form-urlencoded";
  private static final long PATIENCE_MILLIS = 10_000;

  private final Vertx vertx;

  FormBody(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Reads the body of a request; fails with {@code BAD_REQUEST} for one that is no small form. */
  Future<Buffer> read(HttpServerRequest request) {
    String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(TYPE)) {
      return Future.failedFuture(TokenQuery.refused("its Content-Type is not " + TYPE));
    }
    ContextPromise<Buffer> read = ContextPromise.onContextOf(vertx);
    Buffer body = Buffer.buffer();
    long timer =
        vertx.setTimer(
            PATIENCE_MILLIS,
            ignored -> read.fail(TokenQuery.refused("its body does not come to an end")));
    request.exceptionHandler(read::fail);
    request.handler(
        bytes -> {
          if (body.length() + bytes.length() > MAX_BYTES) {
            read.fail(TokenQuery.refused("its body has more than " + MAX_BYTES + " bytes"));
          } else {
            body.appendBuffer(bytes);
          }
        });
    request.endHandler(ignored -> read.succeed(body));
    request.resume();
    return read.future().onComplete(ignored -> vertx.cancelTimer(timer));
  }
}
