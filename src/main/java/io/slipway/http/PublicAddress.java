package io.slipway.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Tells by which address a client reaches this registry: the configured one, else what a trusted
 * proxy says, else what the client says. Thread-safe.
 */
public final class PublicAddress {
  private final @Nullable String fixed;
  private final String pathPrefix;
  private final TrustedProxies proxies;

  /** Takes the settings; {@code http.external_url} wins over {@code http.relative_urls}. */
  public PublicAddress(HttpConfig config) {
    URI external = config.externalUrl();
    if (external != null) {
      String text = external.toString();
      fixed = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
      String path = external.getPath();
      pathPrefix = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    } else {
      fixed = config.relativeUrls() ? "" : null;
      pathPrefix = "";
    }
    proxies = TrustedProxies.find(config.trustedProxies()).orElseThrow();
  }

  /** Returns the path of the registry's root as clients see it, without a slash at its end. */
  public String pathPrefix() {
    return pathPrefix;
  }

  /**
   * Returns scheme, host and port (and path) by which this client reaches the registry, without a
   * slash at the end; empty when locations are to be relative, or the client named no host.
   */
  public String base(HttpServerRequest request) {
    return fixed == null ? absolute(request) : fixed;
  }

  /**
   * As {@link #base}, for clients that cannot do with a path: also when locations are to be
   * relative.
   */
  String absolute(HttpServerRequest request) {
    if (fixed != null && !fixed.isEmpty()) {
      return fixed;
    }
    HostAndPort authority = request.authority();
    String sent = authority == null ? "" : authority.toString();
    String host = ForwardedClaims.isHost(sent) ? sent : "";
    String scheme = request.isSSL() ? "https" : "http";
    SocketAddress peer = request.remoteAddress();
    String address = peer == null ? null : peer.hostAddress();
    if (address != null && proxies.contains(address)) {
      ForwardedClaims claims = ForwardedClaims.of(request.headers(), proxies);
      scheme = claims.scheme().orElse(scheme);
      host = claims.host().orElse(host);
    }
    return host.isEmpty() ? "" : scheme + "://" + host;
  }
}
