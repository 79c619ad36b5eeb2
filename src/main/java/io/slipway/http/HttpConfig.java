package io.slipway.http;

import io.slipway.runtime.AlsoFrom;
import io.slipway.runtime.Checks;
import io.slipway.runtime.DataSize;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Configures the server that clients talk to. */
public record HttpConfig(
    @Doc("Address to listen on; 0.0.0.0 or :: for every one.") @Default("127.0.0.1") String host,
    @Doc("Port to listen on; 0 takes any free one.") @Default("5000") @AlsoFrom("PORT") int port,
    @Doc(
            "Address by which clients reach this registry, for the Location of answers, as scheme://host[:port][/path]; without it, the request's own.")
        @Nullable URI externalUrl,
    @Doc("Whether the Location of answers is a path without scheme and host.")
        @Default("false")
        @AlsoFrom("REGISTRY_HTTP_RELATIVEURLS")
        boolean relativeUrls,
    @Doc("Addresses and networks (10.0.0.0/8) of proxies whose X-Forwarded-* headers are believed.")
        @Default("")
        List<String> trustedProxies,
    @Doc("How long a connection may stay without a byte in either direction.") @Default("75s")
        Duration idleTimeout,
    @Doc("Size of all headers of a request together; more is answered with 431.") @Default("16KiB")
        DataSize maxHeaderSize,
    @Doc("Length of a request's first line; more is answered with 414.") @Default("16KiB")
        DataSize maxInitialLine,
    @Doc("HTTPS, and the certificates of clients.") TlsConfig tls,
    @Doc("How much one client may ask for; counted by each node for itself.")
        RateLimitConfig rateLimit,
    @Doc(
            "Hosts (name or name:port) by which a browser may reach a registry that asks for no credentials, besides localhost, addresses and the host of http.external_url. Off loopback any host may until one is named.")
        @Default("")
        List<String> allowedHosts,
    @Doc("Origins (https://ui.example.org) whose web pages may use this registry.") @Default("")
        List<String> allowedOrigins,
    @Doc("Whether every request writes a line to the log.") @Default("true") boolean accessLog) {
  public HttpConfig {
    trustedProxies = List.copyOf(trustedProxies);
    allowedHosts = List.copyOf(allowedHosts);
    allowedOrigins = List.copyOf(allowedOrigins);
    new Checks()
        .that(!host.isBlank(), "host", "an address to listen on")
        .range("port", port, 0, 65535)
        .that(isBase(externalUrl), "external_url", "scheme://host[:port][/path] with http or https")
        .that(
            TrustedProxies.find(trustedProxies).isPresent(),
            "trusted_proxies",
            "addresses and networks like 10.0.0.0/8 or fd00::/8")
        .range("idle_timeout", idleTimeout, Duration.ofSeconds(1), Duration.ofDays(1))
        .range("max_header_size", maxHeaderSize, new DataSize(1024), DataSize.ofMebibytes(1))
        .range("max_initial_line", maxInitialLine, new DataSize(1024), DataSize.ofMebibytes(1))
        .that(
            allowedHosts.stream().noneMatch(name -> name.contains("/")),
            "allowed_hosts",
            "hosts without a scheme, like registry.example.org or registry.example.org:5000")
        .that(
            allowedOrigins.stream().allMatch(HttpConfig::isOrigin),
            "allowed_origins",
            "origins like https://ui.example.org, without a path")
        .done();
  }

  /** Tells whether only programs on this machine can reach the server; asks no name service. */
  public boolean isLoopback() {
    if (host.equals("localhost")) {
      return true;
    }
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isBase(@Nullable URI uri) {
    return uri == null
        || (isHttp(uri)
            && uri.getQuery() == null
            && uri.getFragment() == null
            && uri.getUserInfo() == null);
  }

  private static boolean isOrigin(String text) {
    try {
      URI uri = URI.create(text);
      return isBase(uri) && uri.getPath().isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isHttp(URI uri) {
    return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
        && uri.getHost() != null;
  }
}
