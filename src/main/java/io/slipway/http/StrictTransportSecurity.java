package io.slipway.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;

/**
 * Tells browsers that came by HTTPS to use nothing else (RFC 6797).
 *
 * <p>Not for {@code localhost}: there it would keep a browser from whatever else runs on that
 * machine without TLS, on any port. Not for addresses, for which the RFC has browsers ignore it.
 */
public final class StrictTransportSecurity implements Handler<HttpServerRequest> {
  private static final CharSequence HEADER =
      HttpHeaders.createOptimized("Strict-Transport-Security");

  private final CharSequence value;
  private final Handler<HttpServerRequest> next;

  private StrictTransportSecurity(long seconds, Handler<HttpServerRequest> next) {
    value = HttpHeaders.createOptimized("max-age=" + seconds);
    this.next = next;
  }

  /** Returns a handler whose answers say it, or the same one when there is nothing to say. */
  public static Handler<HttpServerRequest> of(TlsConfig config, Handler<HttpServerRequest> next) {
    long seconds = config.hsts().toSeconds();
    return config.isPresent() && seconds > 0 ? new StrictTransportSecurity(seconds, next) : next;
  }

  @Override
  public void handle(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    if (authority != null
        && !HostGuard.isLocalhost(authority.host())
        && !HostGuard.isAddress(authority.host())) {
      HttpServerResponse response = request.response();
      // At the last moment, because an answer about a failure begins with headers of its own.
      response.headersEndHandler(ignored -> response.putHeader(HEADER, value));
    }
    next.handle(request);
  }
}
