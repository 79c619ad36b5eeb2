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
  private final HttpServerOptions options;
  private final HealthRoutes health;
  private final Metrics metrics;
  private @Nullable HttpServer server;

  public OpsVerticle(HttpServerOptions options, HealthRoutes health, Metrics metrics) {
    this.options = options;
    this.health = health;
    this.metrics = metrics;
  }

  @Override
  public Future<?> start() {
    Router router = health.router(vertx);
    router.get("/metrics").handler(this::metrics);
    HttpServer listening = vertx.createHttpServer(options).requestHandler(router);
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

  /** Uses the certificates of other options for connections that begin from now on. */
  public Future<?> secureBy(HttpServerOptions other) {
    return Objects.requireNonNull(server).updateSSLOptions(other.getSslOptions());
  }

  /** Returns the port it listens on, once it has started. */
  public int port() {
    return Objects.requireNonNull(server).actualPort();
  }
}
