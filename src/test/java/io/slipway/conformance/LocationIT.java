package io.slipway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.RawConnection;
import io.slipway.testing.RawConnection.Answer;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks for locations, directly and through proxies. */
class LocationIT {
  private static final String PATH = "/v2/a/b/blobs/uploads/";

  @TempDir Path data;

  private static String location(TestRegistry registry, String... headers) throws IOException {
    try (RawConnection connection = new RawConnection(registry.port())) {
      Answer answer =
          connection
              .lines("POST " + PATH + " HTTP/1.1", "Content-Length: 0")
              .lines(headers)
              .lines("")
              .read();
      assertThat(answer.status()).isEqualTo(202);
      String location = answer.header("Location");
      String id = answer.header("Docker-Upload-UUID");
      assertThat(location).endsWith(PATH + id);
      // Some clients look for the name as the specification spells it.
      assertThat(answer.headers()).anyMatch(line -> line.startsWith("Location: "));
      return location.substring(0, location.length() - PATH.length() - id.length());
    }
  }

  @Test
  void withoutAnythingItIsWhereTheClientCame() throws IOException {
    try (TestRegistry registry = TestRegistry.start(data)) {
      assertThat(location(registry, "Host: localhost:5000")).isEqualTo("http://localhost:5000");
      assertThat(location(registry, "Host: [::1]:80")).isEqualTo("http://[::1]:80");
      // Nobody is trusted unless configured.
      assertThat(
              location(
                  registry,
                  "Host: localhost",
                  "X-Forwarded-Proto: https",
                  "X-Forwarded-Host: evil.example",
                  "Forwarded: host=evil.example"))
          .isEqualTo("http://localhost");
    }
  }

  @Test
  void trustedProxiesAreBelieved() throws IOException {
    try (TestRegistry registry = TestRegistry.start(data, "http.trusted_proxies", "127.0.0.0/8")) {
      assertThat(proxied(registry, "X-Forwarded-Proto: https")).isEqualTo("https://localhost");
      assertThat(proxied(registry, "X-Forwarded-Proto: http, https", "X-Forwarded-Host: x, r.io"))
          .isEqualTo("https://r.io");
      assertThat(
              proxied(
                  registry,
                  "X-Forwarded-Host: r.io",
                  "X-Forwarded-Port: 8443",
                  "X-Forwarded-Proto: https"))
          .isEqualTo("https://r.io:8443");
      assertThat(proxied(registry, "X-Forwarded-Host: r.io", "X-Forwarded-Port: 80"))
          .isEqualTo("http://r.io");
      assertThat(proxied(registry, "Forwarded: for=x, for=1.2.3.4;proto=https;host=\"r.io:444\""))
          .isEqualTo("https://r.io:444");
      assertThat(proxied(registry, "X-Forwarded-Host: a/b@c", "X-Forwarded-Proto: javascript"))
          .isEqualTo("http://localhost");
    }
  }

  private static String proxied(TestRegistry registry, String... headers) throws IOException {
    String[] all = new String[headers.length + 1];
    System.arraycopy(headers, 0, all, 1, headers.length);
    all[0] = "Host: localhost";
    return location(registry, all);
  }

  @Test
  void theConfiguredAddressWins() throws IOException {
    try (TestRegistry registry =
        TestRegistry.start(
            data,
            "http.trusted_proxies",
            "127.0.0.1",
            "http.external_url",
            "https://hub.example.org/reg/")) {
      assertThat(proxied(registry, "X-Forwarded-Host: r.io"))
          .isEqualTo("https://hub.example.org/reg");
    }
  }

  @Test
  void locationsCanBeRelative() throws IOException {
    try (TestRegistry registry = TestRegistry.start(data, "http.relative_urls", "true")) {
      assertThat(Objects.requireNonNull(proxied(registry, "X: y"))).isEmpty();
    }
  }
}
