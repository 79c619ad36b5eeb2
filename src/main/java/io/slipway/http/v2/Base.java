package io.slipway.http.v2;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;

/** Says that this is a registry (distribution-spec, "Determining Support"). */
final class Base implements Operation {
  private static final Buffer BODY = Buffer.buffer("{\"version\":\"2.0\",\"name\":\"slipway\"}");
  private static final String LENGTH = Integer.toString(BODY.length());

  @Override
  public void handle(Exchange exchange) {
    exchange
        .response()
        .headers()
        .set(V2Headers.CONTENT_TYPE, V2Headers.JSON)
        .set(V2Headers.CONTENT_LENGTH, LENGTH);
    if (exchange.request().method().equals(HttpMethod.HEAD)) {
      exchange.response().end();
    } else {
      exchange.response().end(BODY);
    }
  }
}
