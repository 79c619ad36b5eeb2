package io.slipway.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** Times every request and writes its line to the access log. Thread-safe. */
public final class RequestObserver implements Handler<HttpServerRequest> {
  /** What a client that left before the answer is counted as. */
  private static final int CLIENT_LEFT = 499;

  private static final List<HttpMethod> METHODS =
      List.of(
          HttpMethod.GET,
          HttpMethod.HEAD,
          HttpMethod.POST,
          HttpMethod.PUT,
          HttpMethod.PATCH,
          HttpMethod.DELETE);

  private final Handler<HttpServerRequest> handler;
  private final AccessLog log;
  private final MeterRegistry meters;
  private final ConcurrentMap<Integer, Timer> timers = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();

  public RequestObserver(Handler<HttpServerRequest> handler, AccessLog log, MeterRegistry meters) {
    this.handler = handler;
    this.log = log;
    this.meters = meters;
  }

  @Override
  public void handle(HttpServerRequest request) {
    long start = System.nanoTime();
    request.response().endHandler(ignored -> ended(request, System.nanoTime() - start));
    handler.handle(request);
  }

  private void ended(HttpServerRequest request, long nanos) {
    HttpServerResponse response = request.response();
    int status = response.ended() ? response.getStatusCode() : CLIENT_LEFT;
    timer(request.method(), status).record(Duration.ofNanos(nanos));
    if (log.isEnabled()) {
      SocketAddress remote = request.remoteAddress();
      log.write(
          new AccessLog.Entry(
              request.method().name(),
              Objects.requireNonNullElse(request.path(), "-"),
              status,
              response.bytesWritten(),
              nanos,
              remote == null ? "-" : remote.hostAddress(),
              request.getHeader("User-Agent"),
              Long.toString(ids.incrementAndGet())));
    }
  }

  /** Methods are few, and statuses are ours: their product is bounded. */
  private Timer timer(HttpMethod method, int status) {
    int known = METHODS.indexOf(method);
    return timers.computeIfAbsent(
        known * 1000 + status,
        ignored ->
            Timer.builder("slipway.http.requests")
                .description("Requests, from their headers to the end of their answers")
                .tag("method", known < 0 ? "other" : method.name())
                .tag("status", Integer.toString(status))
                .register(meters));
  }
}
