package io.slipway.http;

import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What trusted proxies say of the address that a client used: of {@code Forwarded} (RFC 7239), of
 * {@code X-Forwarded-*}, or of both.
 *
 * <p>Proxies add to the end of lists, so what the outermost trusted one wrote is found from there,
 * as {@link ClientAddress} does; what stands in front of it may be an invention of the client. Of
 * the two kinds of headers a proxy often writes one and lets the other through: when both are there
 * only what both say is believed.
 */
record ForwardedClaims(Optional<String> scheme, Optional<String> host) {
  private static final String STANDARD = "Forwarded";
  private static final String ADDRESSES = "X-Forwarded-For";
  private static final String SCHEME = "X-Forwarded-Proto";
  private static final String HOST = "X-Forwarded-Host";
  private static final String PORT = "X-Forwarded-Port";
  private static final List<String> PLAIN = List.of(ADDRESSES, SCHEME, HOST, PORT);
  private static final int MAX_HOST = 255 + 6;

  private static final ForwardedClaims NONE =
      new ForwardedClaims(Optional.empty(), Optional.empty());

  /** Reads the headers of a request whose peer is a trusted proxy. */
  static ForwardedClaims of(MultiMap headers, TrustedProxies proxies) {
    boolean plain = PLAIN.stream().anyMatch(headers::contains);
    boolean standard = headers.contains(STANDARD);
    if (plain && standard) {
      ForwardedClaims some = plain(headers, proxies);
      ForwardedClaims others = standard(headers, proxies);
      return new ForwardedClaims(
          some.scheme.filter(scheme -> others.scheme.filter(scheme::equals).isPresent()),
          some.host.filter(host -> others.host.filter(host::equalsIgnoreCase).isPresent()));
    }
    return plain ? plain(headers, proxies) : standard ? standard(headers, proxies) : NONE;
  }

  /** Each proxy adds one element to each list, or writes it anew. */
  private static ForwardedClaims plain(MultiMap headers, TrustedProxies proxies) {
    List<String> seen = elements(headers, ADDRESSES);
    int added = 1 + trustedAtEnd(seen, proxies);
    Optional<String> scheme =
        fromEnd(elements(headers, SCHEME), added).flatMap(ForwardedClaims::known);
    Optional<String> port = fromEnd(elements(headers, PORT), added).filter(ForwardedClaims::isPort);
    return new ForwardedClaims(
        scheme,
        fromEnd(elements(headers, HOST), added)
            .map(host -> withPort(host, port, scheme))
            .filter(ForwardedClaims::isHost));
  }

  private static Optional<String> fromEnd(List<String> elements, int place) {
    return elements.isEmpty()
        ? Optional.empty()
        : Optional.of(elements.get(Math.max(0, elements.size() - place)))
            .filter(element -> !element.isEmpty());
  }

  private static ForwardedClaims standard(MultiMap headers, TrustedProxies proxies) {
    List<String> elements = elements(headers, STANDARD);
    List<String> seen =
        elements.stream()
            .map(element -> ForwardedClaims.parameter(element, "for").orElse(""))
            .toList();
    int first = Math.max(0, elements.size() - 1 - trustedAtEnd(seen, proxies));
    List<String> trusted = elements.subList(first, elements.size());
    return new ForwardedClaims(
        outermost(trusted, "proto").flatMap(ForwardedClaims::known),
        outermost(trusted, "host").filter(ForwardedClaims::isHost));
  }

  private static Optional<String> outermost(List<String> trusted, String name) {
    return trusted.stream().flatMap(element -> parameter(element, name).stream()).findFirst();
  }

  /** Counts the proxies behind the peer: the addresses at the end of a list that are trusted. */
  private static int trustedAtEnd(List<String> nodes, TrustedProxies proxies) {
    int count = 0;
    while (count < nodes.size()
        && ClientAddress.numeric(nodes.get(nodes.size() - 1 - count))
            .filter(proxies::contains)
            .isPresent()) {
      count++;
    }
    return count;
  }

  private static List<String> elements(MultiMap headers, String name) {
    List<String> elements = new ArrayList<>();
    for (String line : headers.getAll(name)) {
      Arrays.stream(line.split(",", -1)).map(String::strip).forEach(elements::add);
    }
    return elements;
  }

  /** Returns a parameter of an element of Forwarded (RFC 7239, section 4). */
  static Optional<String> parameter(String element, String name) {
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

  private static Optional<String> known(String scheme) {
    return Optional.of(scheme.toLowerCase(Locale.ROOT))
        .filter(name -> name.equals("https") || name.equals("http"));
  }

  private static String withPort(String host, Optional<String> port, Optional<String> scheme) {
    boolean hasPort = host.lastIndexOf(':') > host.lastIndexOf(']');
    String usual = scheme.filter("https"::equals).isPresent() ? "443" : "80";
    return hasPort || port.isEmpty() || port.get().equals(usual) ? host : host + ":" + port.get();
  }

  private static boolean isPort(String text) {
    return text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** Tells whether a text can stand between the slashes of an address, with a port or without. */
  static boolean isHost(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_HOST
        && text.chars()
            .allMatch(c -> (Character.isLetterOrDigit(c) && c < 128) || ".-_:[]".indexOf(c) >= 0);
  }
}
