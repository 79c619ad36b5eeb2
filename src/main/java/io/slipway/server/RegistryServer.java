package io.slipway.server;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;

/** Runs the registry in this process. */
public final class RegistryServer {
  private final Vertx vertx;
  private final HttpServer http;

  private RegistryServer(Vertx vertx, HttpServer http) {
    this.vertx = vertx;
    this.http = http;
  }

  /** Starts a registry; the future fails, and nothing is left running, when it cannot. */
  public static Future<RegistryServer> start(RegistryConfig config) {
    Vertx vertx = Vertx.vertx();
    return vertx
        .createHttpServer()
        .requestHandler(request -> request.response().end())
        .listen(config.http().port(), config.http().host())
        .map(http -> new RegistryServer(vertx, http))
        .onFailure(cause -> vertx.close());
  }

  /** Returns the port that clients talk to. */
  public int port() {
    return http.actualPort();
  }

  /** Stops accepting, lets running requests finish, closes everything. */
  public Future<Void> stop() {
    // Not a chain of futures: those end on an event loop, and here the loops end first.
    Promise<Void> stopped = Promise.promise();
    http.close().onComplete(closed -> vertx.close().onComplete(stopped));
    return stopped.future();
  }
}
