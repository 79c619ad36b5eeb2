package io.slipway.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.function.BooleanSupplier;

/**
 * Tells clients while the server stops that an answer is the last one on its connection, so that
 * they go elsewhere with their next request: one that is sent at the moment when the server closes
 * the connection is lost. Thread-safe.
 *
 * <p>HTTP/2 needs no header for that, it has a frame.
 */
public final class LastAnswers implements Handler<HttpServerRequest> {
  private final BooleanSupplier stopping;
  private final Handler<HttpServerRequest> next;

  /**
   * Takes what it asks and whom it hands requests to.
   *
   * @param stopping asked with each request, on its event loop
   */
  public LastAnswers(BooleanSupplier stopping, Handler<HttpServerRequest> next) {
    this.stopping = stopping;
    this.next = next;
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (stopping.getAsBoolean() && request.version() != HttpVersion.HTTP_2) {
      announce(request.response());
    }
    next.handle(request);
  }

  static void announce(HttpServerResponse response) {
    response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
  }

  static boolean isAnnounced(HttpServerResponse response) {
    return response.headers().contains(HttpHeaders.CONNECTION, HttpHeaders.CLOSE, true);
  }
}
