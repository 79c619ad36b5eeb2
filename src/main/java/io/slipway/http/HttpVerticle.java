package io.slipway.http;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.BindException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for clients on one event loop; instances share the port. */
public final class HttpVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(HttpVerticle.class);

  private final HttpServerOptions options;
  private final Handler<HttpServerRequest> requests;
  private final Duration drain;
  private @Nullable HttpServer server;

  /**
   * Takes what it serves.
   *
   * @param requests shared by all instances, so thread-safe
   * @param drain how long running requests may take to finish when it stops
   */
  public HttpVerticle(
      HttpServerOptions options, Handler<HttpServerRequest> requests, Duration drain) {
    this.options = options;
    this.requests = requests;
    this.drain = drain;
  }

  @Override
  public Future<?> start() {
    HttpServer listening =
        vertx
            .createHttpServer(options)
            .requestHandler(requests)
            // Without these Vert.x writes an error, which any client could make it do.
            .exceptionHandler(HttpVerticle::broken)
            .connectionHandler(connection -> connection.exceptionHandler(HttpVerticle::broken))
            .invalidRequestHandler(new UnreadableRequests(new ErrorResponder(vertx)));
    server = listening;
    return listening.listen().recover(this::refused);
  }

  private static void broken(Throwable cause) {
    LOG.debug("a connection broke: {}", cause.toString());
  }

  private Future<HttpServer> refused(Throwable cause) {
    String message =
        "tried to listen on "
            + options.getHost()
            + ":"
            + options.getPort()
            + " but "
            + (cause instanceof BindException
                ? "it is in use, or not an address of this machine"
                : cause.getMessage());
    return Future.failedFuture(new IllegalStateException(message, cause));
  }

  /**
   * Uses the certificates of other options for connections that begin from now on, on every
   * instance that shares the port.
   */
  Future<?> secureBy(HttpServerOptions other) {
    return Objects.requireNonNull(server).updateSSLOptions(other.getSslOptions());
  }

  /** Returns the port it listens on, once it has started. */
  public int port() {
    return Objects.requireNonNull(server).actualPort();
  }

  /** Stops accepting; every connection ends after the request that runs on it. */
  @Override
  public Future<?> stop() {
    return server == null
        ? Future.succeededFuture()
        : server.shutdown(Math.max(1, drain.toMillis()), TimeUnit.MILLISECONDS);
  }
}
