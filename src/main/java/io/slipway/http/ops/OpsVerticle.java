package io.slipway.http.ops;

import io.slipway.runtime.Metrics;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Listens on the ops port: {@code /livez}, {@code /readyz} and {@code /metrics}. */
public final class OpsVerticle extends VerticleBase {
  private final String host;
  private final int requestedPort;
  private final HealthRoutes health;
  private final Metrics metrics;
  private @Nullable HttpServer server;

  public OpsVerticle(String host, int port, HealthRoutes health, Metrics metrics) {
    this.host = host;
    this.requestedPort = port;
    this.health = health;
    this.metrics = metrics;
  }

  @Override
  public Future<?> start() {
    Router router = health.router(vertx);
    router.get("/metrics").handler(this::metrics);
    HttpServer listening =
        vertx
            .createHttpServer(
                new HttpServerOptions().setHost(host).setPort(requestedPort).setIdleTimeout(60))
            .requestHandler(router);
    server = listening;
    return listening.listen();
  }

  private void metrics(RoutingContext context) {
    vertx
        .executeBlocking(metrics::scrape, false)
        .onSuccess(
            text ->
                context
                    .response()
                    .putHeader("Content-Type", Metrics.CONTENT_TYPE)
                    .end(Objects.requireNonNull(text)))
        .onFailure(context::fail);
  }

  /** Returns the port it listens on, once it has started. */
  public int port() {
    return Objects.requireNonNull(server).actualPort();
  }
}
