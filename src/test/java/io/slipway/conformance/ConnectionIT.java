package io.slipway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.RawConnection;
import io.slipway.testing.RawConnection.Answer;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keeps a connection usable when an answer comes before the body, and asks before it is sent. */
class ConnectionIT {
  private static final String UPLOADS = "/v2/team/app/blobs/uploads/";
  private static final int MEBIBYTE = 1024 * 1024;

  @TempDir static Path data;
  private static TestRegistry registry;
  private RawConnection connection;

  @BeforeAll
  static void start() {
    registry = TestRegistry.start(data);
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @BeforeEach
  void connect() throws IOException {
    connection = new RawConnection(registry.port());
  }

  @AfterEach
  void disconnect() throws IOException {
    connection.close();
  }

  private RawConnection request(String line, String... headers) throws IOException {
    connection.lines(line + " HTTP/1.1", "Host: localhost");
    return connection.lines(headers).lines("");
  }

  private Answer ping() throws IOException {
    return request("GET /v2/", "X: y").read();
  }

  private static String open() {
    return registry
        .send("POST", UPLOADS, new byte[0])
        .headers()
        .firstValue("Location")
        .orElseThrow()
        .replaceFirst("^http://[^/]*", "");
  }

  @ParameterizedTest
  @CsvSource({
    "POST /v2/no/such/endpoint/x/y, 404",
    "PATCH /v2/team/app/blobs/uploads/1, 404",
    "PUT /v2/team/app/blobs/uploads/1?digest=x, 404",
    "PUT /v2/No/manifests/x, 400",
    "PATCH /v2/team/app/manifests/x, 405",
    "GET /v2/team/app/manifests/x, 404"
  })
  void theNextRequestFindsItsPlaceBehindAnUnreadBody(String line, int status) throws IOException {
    request(line, "Content-Length: 500000").bytes(new byte[500_000]);
    assertThat(connection.read().status()).isEqualTo(status);
    assertThat(ping().status()).isEqualTo(200);
    request(line, "Transfer-Encoding: chunked").lines("5", "12345", "0", "");
    assertThat(connection.read().status()).isEqualTo(status);
    assertThat(ping().status()).isEqualTo(200);
  }

  @Test
  void anAnswerIsReadableWhileTheBodyIsTooLongToRead() throws IOException {
    String location = open();
    request("PATCH " + location, "Content-Length: 134217728", "Content-Range: 5-134217732")
        .bytes(new byte[MEBIBYTE]);
    Answer answer = connection.read();
    assertThat(answer.status()).isEqualTo(416);
    assertThat(answer.header("Range")).isEqualTo("0-0");
    boolean closed = false;
    for (int sent = 0; sent < 120 && !closed; sent++) {
      try {
        connection.bytes(new byte[MEBIBYTE]);
      } catch (IOException e) {
        closed = true;
      }
    }
    assertThat(closed).isTrue();
  }

  @Test
  void manifestsAreCountedAsTheyCome() throws IOException {
    request("PUT /v2/team/app/manifests/big", "Transfer-Encoding: chunked");
    for (int i = 0; i < 5; i++) {
      connection.lines(Integer.toHexString(MEBIBYTE)).bytes(new byte[MEBIBYTE]).lines("");
    }
    Answer answer = connection.read();
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.text()).contains("SIZE_INVALID");
    connection.lines("0", "");
    assertThat(ping().status()).isEqualTo(200);
  }

  @Test
  void announcedLengthsAreRefusedAtOnce() throws IOException {
    request("PUT /v2/team/app/manifests/big", "Content-Length: 4194305");
    assertThat(connection.read().status()).isEqualTo(413);
    connection.bytes(new byte[4_194_305]);
    assertThat(ping().status()).isEqualTo(200);
  }

  @Test
  void whoAsksFirstIsInvited() throws IOException {
    String location = open();
    byte[] bytes = "hello".getBytes(StandardCharsets.UTF_8);
    request("PATCH " + location, "Content-Length: 5", "Content-Range: 0-4", "Expect: 100-continue");
    assertThat(connection.read().status()).isEqualTo(100);
    Answer patched = connection.bytes(bytes).read();
    assertThat(patched.status()).isEqualTo(202);
    assertThat(patched.header("Range")).isEqualTo("0-4");
    String digest = Content.digest(bytes).text();
    request("PUT " + location + "?digest=" + digest, "Content-Length: 0");
    assertThat(connection.read().status()).isEqualTo(201);
    request("POST " + UPLOADS + "?digest=" + digest, "Content-Length: 5", "Expect: 100-continue");
    assertThat(connection.read().status()).isEqualTo(100);
    assertThat(connection.bytes(bytes).read().status()).isEqualTo(201);
    request("PUT /v2/team/app/manifests/x", "Content-Length: 5", "Expect: 100-continue");
    assertThat(connection.read().status()).isEqualTo(100);
    assertThat(connection.bytes(bytes).read().status()).isEqualTo(400);
    assertThat(ping().status()).isEqualTo(200);
  }

  @Test
  void whoAsksMaySendWithoutWaiting() throws IOException {
    // In one piece: the body has come before the invitation is on its way.
    String head =
        "PUT /v2/team/app/manifests/x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n";
    String fixed = head + "Content-Length: 2\r\n\r\n{}";
    String chunked = head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
    for (String request : new String[] {fixed, chunked}) {
      connection.bytes(request.getBytes(StandardCharsets.US_ASCII));
      assertThat(connection.read().status()).isEqualTo(100);
      Answer answer = connection.read();
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.text()).contains("MANIFEST_INVALID").contains("schemaVersion");
    }
    assertThat(ping().status()).isEqualTo(200);
  }

  @Test
  void whoAsksFirstIsRefusedBeforeItSends() throws IOException {
    String location = open();
    request(
        "PATCH " + location, "Content-Length: 5", "Content-Range: 7-11", "Expect: 100-continue");
    Answer answer = connection.read();
    assertThat(answer.status()).isEqualTo(416);
    // Whether the body will follow is not known, so the connection cannot go on.
    assertThat(answer.header("Connection")).isEqualTo("close");
    assertThat(connection.bytes(new byte[5]).isClosedByServer()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "/v2/x/manifests/%zz, 400",
    "/v2/x/tags/list?n=%2, 400",
    "/v2/x/../y/tags/list, 400",
    "/v2/x/./tags/list, 400",
    "/v2/x/tags/list?last=%00, 400",
    "/v2/x/tags/list?&&=&n, 400",
    "/v2/%78/tags/list, 404"
  })
  void addressesAreReadStrictly(String path, int status) throws IOException {
    assertThat(request("GET " + path, "X: y").read().status()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({"20000, 0, 414", "10, 20000, 431"})
  void tooLongHeadsAreRefusedAsEverythingElse(int path, int header, int status) throws IOException {
    Answer answer = request("GET /" + "a".repeat(path), "X: " + "y".repeat(header)).read();
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
    assertThat(answer.text()).contains("\"code\":\"UNSUPPORTED\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"HTTP/2.0", "HTTP/0.9", "HTTP/1.10", "HTTP/999999999999.1", "http/1.1", "ICY/1.1"})
  void otherVersionsAreRefusedInOurs(String version) throws IOException {
    connection.lines("GET /v2/ " + version, "Host: localhost", "");
    Answer answer = connection.read();
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.version()).isEqualTo("HTTP/1.1");
    assertThat(answer.text()).contains("UNSUPPORTED");
    assertThat(connection.isClosedByServer()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "GET /v2/ HTTP/1.1, X: y, 400",
    "GET / HTTP/1.1, X: y, 400",
    "GET /v2/ HTTP/1.1, Host: a b, 400",
    "GET /v2/ HTTP/1.1, Host: localhost|Host: localhost, 400",
    "GET / HTTP/1.0, X: y, 200",
    "GET /v2/ HTTP/1.0, X: y, 200",
    "GET v2 HTTP/1.1, Host: localhost, 404",
    "OPTIONS * HTTP/1.1, Host: localhost, 404",
    "GET http://localhost/v2/ HTTP/1.1, Host: localhost, 200"
  })
  void everyRequestNamesOneHost(String line, String header, int status) throws IOException {
    connection.lines(line, header.replace("|", "\r\n"), "");
    assertThat(connection.read().status()).isEqualTo(status);
  }

  @Test
  void whatIsNoHttpIsRefused() throws IOException {
    assertThat(connection.lines("nonsense", "").read().status()).isEqualTo(400);
    assertThat(connection.isClosedByServer()).isTrue();
  }
}
