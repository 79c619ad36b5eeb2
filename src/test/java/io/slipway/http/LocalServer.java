package io.slipway.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Runs one handler behind a port, as the real server does. */
public final class LocalServer implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;

  public LocalServer(Function<Vertx, Handler<HttpServerRequest>> handler) throws TimeoutException {
    server =
        vertx
            .createHttpServer()
            .requestHandler(handler.apply(vertx))
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS);
  }

  public int port() {
    return server.actualPort();
  }

  @Override
  public void close() throws TimeoutException {
    vertx.close().await(10, TimeUnit.SECONDS);
  }
}
