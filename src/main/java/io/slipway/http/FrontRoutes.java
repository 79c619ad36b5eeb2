package io.slipway.http;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.HEAD;

import io.slipway.http.ops.HealthRoutes;

/** What the main port has for load balancers and probes. */
public final class FrontRoutes {
  private FrontRoutes() {}

  /** Adds the routes that need no credentials: {@code /} for load balancers, and the health. */
  public static void mount(GuardedRoutes routes, HealthRoutes health) {
    routes.addForAnybody(GET, "/", exchange -> exchange.response().end());
    routes.addForAnybody(HEAD, "/", exchange -> exchange.response().end());
    routes.addForAnybody(GET, "/livez", health::live);
    routes.addForAnybody(GET, "/readyz", health::ready);
    routes.addForAnybody(GET, "/api/v1/registry/health", health::healthy);
  }
}
