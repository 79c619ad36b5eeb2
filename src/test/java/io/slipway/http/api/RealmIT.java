package io.slipway.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.RawConnection;
import io.slipway.testing.RawConnection.Answer;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tries to have the registry send clients elsewhere with their passwords. */
class RealmIT {
  private static final String[] CLAIMS = {
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Port: 666",
    "X-Forwarded-Server: evil.example",
    "X-Forwarded-Prefix: /evil",
    "X-Host: evil.example",
    "X-Original-Host: evil.example",
    "Forwarded: for=192.0.2.1;host=evil.example;proto=https"
  };

  @TempDir private Path folder;

  private TestRegistry start(String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of("auth.mode", "token", "auth.admin.password", "s", "auth.bcrypt_cost", "4"));
    all.addAll(Arrays.asList(settings));
    return TestRegistry.start(folder, all.toArray(String[]::new));
  }

  private static Answer ask(TestRegistry registry, String line, String... headers)
      throws IOException {
    try (RawConnection connection = new RawConnection(registry.port())) {
      return connection.lines(line).lines(headers).lines("Connection: close", "").read();
    }
  }

  private static String realm(TestRegistry registry, String... headers) throws IOException {
    Answer answer = ask(registry, "GET /v2/ HTTP/1.1", headers);
    assertThat(answer.status()).isEqualTo(401);
    String challenge = answer.header("WWW-Authenticate");
    String beginning = "Bearer realm=\"";
    assertThat(challenge).startsWith(beginning).endsWith("\",service=\"slipway\"");
    return challenge.substring(beginning.length(), challenge.indexOf('"', beginning.length()));
  }

  private static String[] withHost(String host, String... headers) {
    String[] all = Arrays.copyOf(headers, headers.length + 1);
    all[headers.length] = "Host: " + host;
    return all;
  }

  @Test
  void believesNobodyWhoIsNoTrustedProxy() throws IOException {
    try (TestRegistry registry = start("http.trusted_proxies", "192.0.2.0/24,::1")) {
      for (String claim : CLAIMS) {
        assertThat(realm(registry, withHost("r.example", claim)))
            .as(claim)
            .isEqualTo("http://r.example/token");
      }
      assertThat(realm(registry, withHost("r.example", CLAIMS)))
          .isEqualTo("http://r.example/token");
    }
  }

  @Test
  void believesOfATrustedProxyWhatItWrote() throws IOException {
    try (TestRegistry registry = start("http.trusted_proxies", "127.0.0.1")) {
      assertThat(
              realm(
                  registry,
                  withHost(
                      "inner",
                      "X-Forwarded-For: 192.0.2.1",
                      "X-Forwarded-Proto: https",
                      "X-Forwarded-Host: r.example")))
          .isEqualTo("https://r.example/token");
      assertThat(
              realm(
                  registry,
                  withHost("r.example", "Forwarded: host=evil.example, for=192.0.2.1;proto=https")))
          .isEqualTo("https://r.example/token");
      assertThat(
              realm(
                  registry,
                  withHost(
                      "r.example",
                      "X-Forwarded-For: 192.0.2.1",
                      "Forwarded: for=192.0.2.1;host=evil.example")))
          .isEqualTo("http://r.example/token");
    }
  }

  @Test
  void doesNotAskWhenItKnowsItsAddress() throws IOException {
    try (TestRegistry registry =
        start(
            "http.external_url",
            "https://r.example/hub",
            "http.trusted_proxies",
            "127.0.0.1",
            "http.relative_urls",
            "true")) {
      assertThat(realm(registry, withHost("evil.example", CLAIMS)))
          .isEqualTo("https://r.example/hub/token");
    }
  }

  /** What a client says itself it is told back, but nothing else. */
  @Test
  void leadsNowhereByAHostThatIsNone() throws IOException {
    try (TestRegistry registry = start()) {
      assertThat(realm(registry, withHost("evil.example"))).isEqualTo("http://evil.example/token");
      for (String host :
          new String[] {
            "r.example\",service=\"evil",
            "user@evil.example",
            "r.example/evil",
            "r.example, evil.example",
            "r example",
            "a".repeat(262),
            ""
          }) {
        Answer answer = ask(registry, "GET /v2/ HTTP/1.1", withHost(host));
        if (answer.status() != 400) {
          assertThat(realm(registry, withHost(host))).as(host).isEqualTo("/token");
        }
      }
      assertThat(
              ask(registry, "GET /v2/ HTTP/1.1", "Host: r.example", "Host: evil.example").status())
          .isEqualTo(400);
    }
  }
}
