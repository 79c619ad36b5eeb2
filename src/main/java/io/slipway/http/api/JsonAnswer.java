package io.slipway.http.api;

import io.slipway.http.ErrorResponder;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;

/** Answers with an object that nobody keeps. */
final class JsonAnswer {
  private JsonAnswer() {}

  /**
   * Answers, unless the client has gone.
   *
   * @param errors drops a body that came with the request, for nobody reads it
   */
  static void send(ErrorResponder errors, HttpServerRequest request, int status, JsonObject body) {
    if (request.response().closed()) {
      return;
    }
    request
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(body.toBuffer());
    errors.dropBody(request);
  }
}
