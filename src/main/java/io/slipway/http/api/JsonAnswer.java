package io.slipway.http.api;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;

/** Answers with an object that nobody keeps. */
final class JsonAnswer {
  private JsonAnswer() {}

  /** Answers, unless the client has gone. */
  static void send(HttpServerRequest request, int status, JsonObject body) {
    if (request.response().closed()) {
      return;
    }
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(body.toBuffer());
  }
}
