package io.slipway.server;

import io.slipway.http.HttpConfig;
import io.slipway.http.RateLimitConfig;
import io.slipway.http.TlsConfig;
import io.slipway.runtime.DataSize;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What {@link RegistryConfigTest} expects of the section {@code http}. */
final class ExpectedHttp {
  static final HttpConfig STANDARD =
      new HttpConfig(
          "127.0.0.1",
          5000,
          null,
          false,
          List.of(),
          Duration.ofSeconds(75),
          new DataSize(16 << 10),
          new DataSize(16 << 10),
          new TlsConfig(
              null,
              null,
              "1.2",
              null,
              TlsConfig.ClientAuth.NONE,
              TlsConfig.ClientName.CN,
              Duration.ofDays(365)),
          new RateLimitConfig(0, null, 0, null),
          List.of(),
          List.of(),
          true);

  static final HttpConfig CHANGED =
      new HttpConfig(
          "0.0.0.0",
          0,
          URI.create("https://registry.example.org/x"),
          true,
          List.of("10.0.0.0/8", "::1"),
          Duration.ofSeconds(10),
          new DataSize(8 << 10),
          new DataSize(4 << 10),
          new TlsConfig(
              Path.of("/tls/cert.pem"),
              Path.of("/tls/key.pem"),
              "1.3",
              Path.of("/tls/clients.pem"),
              TlsConfig.ClientAuth.REQUIRED,
              TlsConfig.ClientName.SAN_EMAIL,
              Duration.ofDays(1)),
          new RateLimitConfig(50, 100, 20, 40),
          List.of("registry.lan"),
          List.of("https://ui.example.org"),
          false);

  private ExpectedHttp() {}
}
