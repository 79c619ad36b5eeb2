package io.slipway.http;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages of others from reaching the registry: refuses requests whose {@code Origin} is
 * another site, with whatever credentials the browser adds, and, while it asks for no credentials,
 * requests whose {@code Host} is not this server's (a name that was rebound to this address).
 */
public final class HostGuard implements Handler<HttpServerRequest> {
  private final boolean asksHost;
  private final List<String> hosts;
  private final List<String> origins;
  private final @Nullable String externalHost;
  private final ErrorResponder errors;
  private final Handler<HttpServerRequest> next;

  /**
   * Guards a handler.
   *
   * @param open whether nobody is asked for credentials; else {@code Host} is not looked at: a page
   *     of another name has nobody's credentials. Nor is it when the server listens beyond loopback
   *     and no hosts are named: only who runs it knows its names
   */
  public HostGuard(
      HttpConfig config, boolean open, ErrorResponder errors, Handler<HttpServerRequest> next) {
    asksHost = open && (config.isLoopback() || !config.allowedHosts().isEmpty());
    hosts = config.allowedHosts().stream().map(HostGuard::lowerCase).toList();
    origins = config.allowedOrigins().stream().map(HostGuard::lowerCase).toList();
    URI external = config.externalUrl();
    externalHost = external == null ? null : lowerCase(external.getAuthority());
    this.errors = errors;
    this.next = next;
  }

  @Override
  public void handle(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    String origin = request.getHeader("Origin");
    if (asksHost && authority != null && !isOwn(authority)) {
      refuse(request, "it was sent to the host", authority.toString(), "http.allowed_hosts");
    } else if (origin != null && !isAllowed(origin, authority)) {
      refuse(request, "it comes from a page of", origin, "http.allowed_origins");
    } else {
      next.handle(request);
    }
  }

  private boolean isOwn(HostAndPort authority) {
    String host = authority.host();
    if (isLocalhost(host) || isAddress(host)) {
      return true;
    }
    String name = lowerCase(host);
    String both = lowerCase(authority.toString());
    return hosts.contains(name)
        || hosts.contains(both)
        || (externalHost != null && (externalHost.equals(both) || externalHost.equals(name)));
  }

  /** Tells whether a host is this machine by its name (RFC 6761, section 6.3). */
  static boolean isLocalhost(String host) {
    if (host.equals("localhost")) {
      return true;
    }
    String name = lowerCase(host);
    return name.equals("localhost") || name.endsWith(".localhost");
  }

  /** Tells whether a host is an address: those cannot be rebound, for nobody looks them up. */
  static boolean isAddress(String host) {
    char first = host.isEmpty() ? ' ' : host.charAt(0);
    if (first != '[' && (first < '0' || first > '9')) {
      return false;
    }
    try {
      InetAddress.ofLiteral(first == '[' ? host.substring(1, host.length() - 1) : host);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private boolean isAllowed(String origin, @Nullable HostAndPort authority) {
    String text = lowerCase(origin);
    int scheme = text.indexOf("://");
    String site = scheme < 0 ? "" : text.substring(scheme + 3);
    return origins.contains(text)
        || (!site.isEmpty()
            && (site.equals(externalHost)
                || (authority != null && site.equals(lowerCase(authority.toString())))));
  }

  private void refuse(HttpServerRequest request, String what, String value, String setting) {
    errors.fail(
        request,
        new RegistryException(
            ErrorCode.DENIED,
            "tried to carry out the request but "
                + what
                + " "
                + value
                + ", which is not this registry's and not in "
                + setting,
            Map.of("value", value)));
  }

  private static String lowerCase(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
