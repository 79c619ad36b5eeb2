package io.slipway.http;

import static io.slipway.auth.Requirement.Plain.NOTHING;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.HEAD;

import io.slipway.http.ops.HealthRoutes;

/** What the main port has for load balancers and probes. */
public final class FrontRoutes {
  private FrontRoutes() {}

  /** Adds the routes that need no credentials: {@code /} for load balancers, and the health. */
  public static void mount(GuardedRoutes routes, HealthRoutes health) {
    routes.add(GET, "/", NOTHING, (exchange, caller) -> exchange.response().end());
    routes.add(HEAD, "/", NOTHING, (exchange, caller) -> exchange.response().end());
    routes.add(GET, "/livez", NOTHING, (exchange, caller) -> health.live(exchange));
    routes.add(GET, "/readyz", NOTHING, (exchange, caller) -> health.ready(exchange));
    routes.add(
        GET, "/api/v1/registry/health", NOTHING, (exchange, caller) -> health.healthy(exchange));
  }
}
