package io.slipway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.RawConnection;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Asks for HTTP/2 with the first request of a connection, as RFC 7540 had it (section 3.2) and RFC
 * 9113 no longer has: it stays with HTTP/1.1.
 */
class UpgradeIT {
  private static final byte[] BLOB = Content.bytes(300_000, 3);

  @TempDir static Path data;
  private static TestRegistry registry;
  private static Content content;

  @BeforeAll
  static void start() {
    registry = TestRegistry.start(data);
    content = new Content(registry).blob("small", new byte[] {1, 2, 3});
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static RawConnection asking(String request, String... headers) throws IOException {
    return new RawConnection(registry.port())
        .lines(content.resolve(request) + " HTTP/1.1", "Host: localhost")
        .lines("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c")
        .lines("HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA")
        .lines(headers)
        .lines("");
  }

  private static String push(byte[] blob) {
    return "POST /v2/{repo}/blobs/uploads/?digest=" + Content.digest(blob);
  }

  @Test
  void answersAsHttp11() throws IOException {
    try (RawConnection connection = asking("GET /v2/{repo}/blobs/{small}", "Accept: */*")) {
      assertThat(connection.read().status()).isEqualTo(200);
    }
  }

  @Test
  void takesABodyOfKnownLengthAsHttp11() throws IOException {
    String length = "Content-Length: " + BLOB.length;
    try (RawConnection connection = asking(push(BLOB), length)) {
      assertThat(connection.bytes(BLOB).read().status()).isEqualTo(201);
      connection.lines("GET " + content.resolve("/v2/{repo}/blobs/{small}") + " HTTP/1.1");
      assertThat(connection.lines("Host: localhost", "").read().body().length()).isEqualTo(3);
    }
  }

  @Test
  void takesAChunkedBodyAsHttp11() throws IOException {
    byte[] blob = Content.bytes(1000, 4);
    try (RawConnection connection = asking(push(blob), "Transfer-Encoding: chunked")) {
      connection.lines("3e8").bytes(blob).lines("", "0", "");
      assertThat(connection.read().status()).isEqualTo(201);
    }
  }

  @Test
  void invitesABodyThatWaits() throws IOException {
    byte[] blob = Content.bytes(1000, 5);
    try (RawConnection connection =
        asking(push(blob), "Content-Length: 1000", "Expect: 100-continue")) {
      assertThat(connection.read().status()).isEqualTo(100);
      assertThat(connection.bytes(blob).read().status()).isEqualTo(201);
    }
  }

  @Test
  void readsAHeadThatComesInPieces() throws IOException {
    byte[] blob = Content.bytes(10, 6);
    try (RawConnection connection = new RawConnection(registry.port())) {
      connection.bytes(new byte[] {'P'}).bytes(new byte[] {'O', 'S'});
      connection.lines(content.resolve(push(blob)).substring(3) + " HTTP/1.1", "Host: localhost");
      connection.lines("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c");
      connection.lines("HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA", "Content-Length: 10", "");
      assertThat(connection.bytes(blob).read().status()).isEqualTo(201);
    }
  }
}
