package io.slipway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.RawConnection;
import io.slipway.testing.RawConnection.Answer;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tries to reach a registry without credentials from a web page. */
class HostGuardIT {
  @TempDir static Path data;
  private static TestRegistry registry;

  @BeforeAll
  static void start() {
    registry =
        TestRegistry.start(
            data,
            "http.allowed_hosts",
            "box.lan, other.lan:80",
            "http.allowed_origins",
            "https://ui.example.org",
            "http.external_url",
            "https://registry.example.org/base");
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static Answer get(String path, String host, String origin) throws IOException {
    try (RawConnection connection = new RawConnection(registry.port())) {
      connection.lines("GET " + path + " HTTP/1.1", "Host: " + host);
      return connection.lines(origin.isEmpty() ? "X: y" : "Origin: " + origin).lines("").read();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost",
    "localhost:5000",
    "LOCALHOST:5000",
    "sub.localhost",
    "127.0.0.1",
    "127.1.2.3:99",
    "[::1]",
    "[::1]:5000",
    "192.168.1.2:5000",
    "box.lan",
    "Box.lan:5000",
    "other.lan:80",
    "registry.example.org"
  })
  void itsOwnHostsAreServed(String host) throws IOException {
    assertThat(get("/v2/", host, "").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "evil.example",
    "evil.example:5000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "other.lan",
    "other.lan:81",
    "1e9.evil.example"
  })
  void otherHostsAreRefused(String host) throws IOException {
    for (String path : new String[] {"/v2/", "/", "/v2/a/tags/list", "/_catalog"}) {
      Answer answer = get(path, host, "");
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.text()).contains("DENIED").contains("http.allowed_hosts");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:5000, http://localhost:5000",
    "127.0.0.1:5000, http://127.0.0.1:5000",
    "localhost:5000, https://ui.example.org",
    "localhost:5000, https://registry.example.org"
  })
  void itsOwnPagesAreServed(String host, String origin) throws IOException {
    assertThat(get("/v2/", host, origin).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:5000, https://evil.example",
    "localhost:5000, null",
    "localhost:5000, http://localhost:3000",
    "localhost:5000, http://10.0.0.1",
    "localhost:5000, https://ui.example.org.evil.example",
    "localhost:5000, http://ui.example.org"
  })
  void otherPagesAreRefused(String host, String origin) throws IOException {
    Answer answer = get("/v2/", host, origin);
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text()).contains("DENIED").contains("http.allowed_origins");
  }

  /** Only who runs it knows by which names it is reached: the guard begins when they say so. */
  @ParameterizedTest
  @CsvSource({"box.lan, 200, 403", "'', 200, 200"})
  void namesBeyondLoopbackAreAskedForWhenSomeAreGiven(
      String allowed, int own, int other, @TempDir Path open) throws IOException {
    try (TestRegistry wide =
        TestRegistry.start(
            open, "http.host", "0.0.0.0", "auth.mode", "none", "http.allowed_hosts", allowed)) {
      for (String host : List.of("box.lan", "127.0.0.1:5000")) {
        assertThat(get(wide, host)).isEqualTo(own);
      }
      assertThat(get(wide, "evil.example")).isEqualTo(other);
    }
  }

  private static int get(TestRegistry wide, String host) throws IOException {
    try (RawConnection connection = new RawConnection(wide.port())) {
      return connection.lines("GET /v2/ HTTP/1.1", "Host: " + host).lines("").read().status();
    }
  }
}
