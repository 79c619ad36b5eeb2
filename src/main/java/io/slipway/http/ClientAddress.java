package io.slipway.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Tells from which address a request came: the peer's, or when that is a trusted proxy, the one
 * that the last of the trusted proxies saw. Thread-safe.
 *
 * <p>A list of {@code X-Forwarded-For} or {@code Forwarded} (RFC 7239) is read from its end, where
 * the proxies nearest to us wrote; what stands before the first address that is not a trusted proxy
 * may be an invention of that client. A proxy that writes one of the two headers lets a client's
 * own other one through, so two that say different things are not believed.
 */
public final class ClientAddress {
  /** For a peer without an address. */
  static final String UNKNOWN = "-";

  private final TrustedProxies proxies;
  private final boolean believesNobody;

  public ClientAddress(HttpConfig config) {
    proxies = TrustedProxies.find(config.trustedProxies()).orElseThrow();
    believesNobody = config.trustedProxies().isEmpty();
  }

  /** Returns the numeric address of the client, without a port and without a zone. */
  public String of(HttpServerRequest request) {
    SocketAddress peer = request.remoteAddress();
    String address = peer == null ? null : peer.hostAddress();
    return address == null ? UNKNOWN : of(address, request.headers());
  }

  String of(String address, MultiMap headers) {
    if (believesNobody || !proxies.contains(address)) {
      return withoutZone(address);
    }
    String direct = withoutZone(address);
    Optional<String> plain = client(headers.getAll("X-Forwarded-For"), direct, Optional::of);
    Optional<String> standard =
        client(
            headers.getAll("Forwarded"),
            direct,
            element -> ForwardedClaims.parameter(element, "for"));
    if (plain.isPresent() && standard.isPresent() && !plain.equals(standard)) {
      return direct;
    }
    return plain.or(() -> standard).orElse(direct);
  }

  /** Returns what a list says; empty when there is none. */
  private Optional<String> client(
      List<String> lines, String peer, Function<String, Optional<String>> node) {
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    String seen = peer;
    String list = String.join(",", lines);
    for (int end = list.length(); end >= 0 && proxies.contains(seen); ) {
      int comma = list.lastIndexOf(',', end - 1);
      Optional<String> address =
          node.apply(list.substring(comma + 1, end).strip()).flatMap(ClientAddress::numeric);
      if (address.isEmpty()) {
        break;
      }
      seen = address.get();
      end = comma;
    }
    return Optional.of(seen);
  }

  /** Reads an address with or without a port; an address of IPv6 with one stands in brackets. */
  static Optional<String> numeric(String text) {
    String address = text;
    int bracket = text.indexOf(']');
    if (text.startsWith("[") && bracket > 0) {
      address = text.substring(1, bracket);
    } else if (text.indexOf(':') == text.lastIndexOf(':') && text.indexOf(':') > 0) {
      address = text.substring(0, text.indexOf(':'));
    }
    try {
      return Optional.of(InetAddress.ofLiteral(withoutZone(address)).getHostAddress());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String withoutZone(String address) {
    int zone = address.indexOf('%');
    return zone < 0 ? address : address.substring(0, zone);
  }
}
