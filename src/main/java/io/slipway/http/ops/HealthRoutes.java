package io.slipway.http.ops;

import io.slipway.runtime.Health;
import io.slipway.runtime.Health.Kind;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** Answers for the health of the process: 200 while it is well, 503 with what is wrong. */
public final class HealthRoutes {
  private final Health health;

  public HealthRoutes(Health health) {
    this.health = health;
  }

  /** Makes the routes of the ops port: {@code /livez} and {@code /readyz}. */
  public Router router(Vertx vertx) {
    Router router = Router.router(vertx);
    router.get("/livez").handler(this::live);
    router.get("/readyz").handler(this::ready);
    return router;
  }

  /** Tells whether the process is alive. */
  public void live(RoutingContext context) {
    report(context, Kind.LIVENESS);
  }

  /** Tells whether it can serve. */
  public void ready(RoutingContext context) {
    report(context, Kind.READINESS);
  }

  private void report(RoutingContext context, Kind kind) {
    health
        .ask(kind)
        .onSuccess(report -> answer(context, report.isUp(), report.toJson()))
        .onFailure(context::fail);
  }

  /** Answers {@code {"healthy":true}} (R6.3). */
  public void healthy(RoutingContext context) {
    health
        .ask(Kind.READINESS)
        .onSuccess(
            report ->
                answer(context, report.isUp(), new JsonObject().put("healthy", report.isUp())))
        .onFailure(context::fail);
  }

  private static void answer(RoutingContext context, boolean up, JsonObject body) {
    context
        .response()
        .setStatusCode(up ? 200 : 503)
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(body.toBuffer());
  }
}
