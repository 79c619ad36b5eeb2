package io.slipway.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;

/**
 * Sends requests of the Distribution API one way, by a look at their first characters, and all
 * others to the router.
 */
public final class FrontHandler implements Handler<HttpServerRequest> {
  private final Handler<HttpServerRequest> registry;
  private final Handler<HttpServerRequest> others;

  public FrontHandler(Handler<HttpServerRequest> registry, Handler<HttpServerRequest> others) {
    this.registry = registry;
    this.others = others;
  }

  @Override
  public void handle(HttpServerRequest request) {
    String uri = request.uri();
    boolean api = uri.startsWith("/v2") && (uri.length() == 3 || "/?".indexOf(uri.charAt(3)) >= 0);
    if (api || uri.startsWith("/_catalog")) {
      registry.handle(request);
    } else {
      others.handle(request);
    }
  }
}
