package io.slipway.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells by which address a client reaches this registry: the configured one, else what a trusted
 * proxy says, else what the client says. Thread-safe.
 */
public final class PublicAddress {
  private static final int MAX_HOST = 255 + 6;

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
    String host = authority == null ? "" : authority.toString();
    String scheme = request.isSSL() ? "https" : "http";
    SocketAddress peer = request.remoteAddress();
    String address = peer == null ? null : peer.hostAddress();
    if (address != null && proxies.contains(address)) {
      Optional<String> forwarded = first(request.getHeader("Forwarded"));
      scheme = scheme(request, forwarded).orElse(scheme);
      host = host(request, forwarded, scheme).orElse(host);
    }
    return host.isEmpty() ? "" : scheme + "://" + host;
  }

  private static Optional<String> scheme(HttpServerRequest request, Optional<String> forwarded) {
    return forwarded
        .flatMap(element -> parameter(element, "proto"))
        .or(() -> first(request.getHeader("X-Forwarded-Proto")))
        .map(scheme -> scheme.toLowerCase(Locale.ROOT))
        .filter(scheme -> scheme.equals("https") || scheme.equals("http"));
  }

  private static Optional<String> host(
      HttpServerRequest request, Optional<String> forwarded, String scheme) {
    return forwarded
        .flatMap(element -> parameter(element, "host"))
        .or(() -> first(request.getHeader("X-Forwarded-Host")))
        .map(host -> withPort(host, first(request.getHeader("X-Forwarded-Port")), scheme))
        .filter(PublicAddress::isHost);
  }

  private static String withPort(String host, Optional<String> port, String scheme) {
    boolean hasPort = host.lastIndexOf(':') > host.lastIndexOf(']');
    String usual = scheme.equals("https") ? "443" : "80";
    return hasPort || port.isEmpty() || port.get().equals(usual) ? host : host + ":" + port.get();
  }

  /** Returns the first element of a list: what the proxy nearest to the client saw. */
  private static Optional<String> first(@Nullable String list) {
    if (list == null) {
      return Optional.empty();
    }
    int comma = list.indexOf(',');
    String element = (comma < 0 ? list : list.substring(0, comma)).strip();
    return element.isEmpty() ? Optional.empty() : Optional.of(element);
  }

  /** Returns a parameter of an element of Forwarded (RFC 7239, section 4). */
  private static Optional<String> parameter(String element, String name) {
    for (String pair : element.split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).strip().equalsIgnoreCase(name)) {
        String value = pair.substring(equals + 1).strip();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return Optional.of(quoted ? value.substring(1, value.length() - 1) : value);
      }
    }
    return Optional.empty();
  }

  private static boolean isHost(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_HOST
        && text.chars()
            .allMatch(c -> (Character.isLetterOrDigit(c) && c < 128) || ".-_:[]".indexOf(c) >= 0);
  }
}
