package io.slipway.http;

import io.slipway.http.ops.HealthRoutes;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;

/** Everything on the main port that is not the Distribution API. */
public final class FrontRoutes {
  private FrontRoutes() {}

  /** Makes the routes: {@code /} for load balancers, and the health of the registry. */
  public static Router router(Vertx vertx, HealthRoutes health) {
    Router router = health.router(vertx);
    router.get("/").handler(context -> context.response().end());
    router.head("/").handler(context -> context.response().end());
    router.get("/api/v1/registry/health").handler(health::healthy);
    return router;
  }
}
