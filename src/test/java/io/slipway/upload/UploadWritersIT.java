package io.slipway.upload;

import static io.slipway.testing.PushClient.digest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import io.slipway.testing.WireConnection;
import io.slipway.testing.WireConnection.Answer;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several requests that write to one session, and requests that say where their bytes belong. */
class UploadWritersIT {
  private static final byte[] BLOB = PushClient.bytes(2, 1_000_000);
  private static final int HALF = 500_000;

  /** Half of it is more than a part, before which a bucket keeps nothing of a request. */
  private static final byte[] LARGE = PushClient.bytes(3, 12_000_000);

  private static final String REPOSITORY = "several/writers";

  @TempDir static Path data;
  private static TestRegistry registry;
  private static PushClient client;

  @BeforeAll
  static void starts() {
    registry = TestRegistry.start(data, "uploads.takeover", "700ms");
    client = new PushClient(registry.port());
  }

  @AfterAll
  static void agrees() {
    registry.close();
    StoredData.of(data).requireAgreement();
  }

  @Test
  void refusesASecondWriterAndLetsTheFirstFinish() {
    String session = client.start(REPOSITORY);
    try (WireConnection first = half(session)) {
      HttpResponse<byte[]> second = client.send("PATCH", session, new byte[] {1, 2, 3});
      assertThat(second.statusCode()).isEqualTo(416);
      assertThat(PushClient.path(second)).isEqualTo(session);
      assertThat(PushClient.received(second)).isBetween(1L, LARGE.length / 2L);
      first.send(LARGE, LARGE.length / 2, LARGE.length / 2);
      Answer answer = first.read();
      assertThat(answer.status()).isEqualTo(202);
      assertThat(answer.header("range")).isEqualTo("0-" + (LARGE.length - 1));
    }
    finish(session, LARGE, LARGE.length);
  }

  @Test
  void takesASessionOverFromAStalledWriter() {
    String session = client.start(REPOSITORY);
    try (WireConnection stalled = half(session)) {
      // Nothing comes any more, and nobody closed the connection: a cable was pulled.
      Eventually.happens("the session is taken over", () -> resumed(session));
      Answer answer = stalled.read();
      assertThat(answer.status()).isEqualTo(416);
    }
    finish(session, LARGE, LARGE.length);
  }

  private static boolean resumed(String session) {
    int from = Math.toIntExact(client.received(session));
    HttpResponse<byte[]> answer = client.patch(session, from, rest(LARGE, from));
    return answer.statusCode() == 202;
  }

  @Test
  void refusesAChunkThatIsThereAlready() {
    String session = client.start(REPOSITORY);
    byte[] first = Arrays.copyOf(BLOB, HALF);
    assertThat(client.patch(session, 0, first).statusCode()).isEqualTo(202);
    HttpResponse<byte[]> replay = client.patch(session, 0, first);
    assertThat(replay.statusCode()).isEqualTo(416);
    assertThat(PushClient.received(replay)).isEqualTo(HALF);
    assertThat(PushClient.path(replay)).isEqualTo(session);
    assertThat(client.patch(session, HALF, rest(HALF)).statusCode()).isEqualTo(202);
    finishFrom(session, BLOB.length);
  }

  @ParameterizedTest
  @CsvSource({
    "500001-500010",
    "499999-500008",
    "0-9",
    "700000-700009",
    "x-y",
    "500009-500000",
    "''"
  })
  void refusesAChunkThatBelongsElsewhere(String range) {
    String session = withHalf();
    HttpResponse<byte[]> refused =
        client.send("PATCH", session, new byte[10], "Content-Range", range);
    assertThat(refused.statusCode()).isEqualTo(416);
    assertThat(PushClient.received(refused)).isEqualTo(HALF);
    finishFrom(session, HALF);
  }

  @Test
  void refusesALengthThatContradictsTheRange() {
    String session = withHalf();
    HttpResponse<byte[]> refused =
        client.send("PATCH", session, new byte[11], "Content-Range", "500000-500009");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(client.received(session)).isEqualTo(HALF);
    finishFrom(session, HALF);
  }

  @ParameterizedTest
  @CsvSource({"PATCH, 9", "PATCH, 11", "PATCH, 300000", "PUT, 9", "PUT, 300000"})
  void dropsAChunkedBodyThatIsNotAsLongAsItsRange(String method, int length) {
    String session = withHalf();
    String path = method.equals("PUT") ? session + "?digest=" + digest(BLOB).text() : session;
    try (WireConnection connection = WireConnection.open(registry.port())) {
      connection.head(
          method, path, "Transfer-Encoding", "chunked", "Content-Range", "500000-500009");
      connection.chunk(BLOB, 0, length).send("0\r\n\r\n".getBytes(UTF_8));
      assertThat(connection.read().status()).isEqualTo(400);
    }
    assertThat(client.received(session)).isEqualTo(HALF);
    finishFrom(session, HALF);
  }

  @Test
  void doesNotKnowTheSessionInAnotherRepository() {
    String session = withHalf();
    String elsewhere = session.replace(REPOSITORY, "another/repository");
    assertThat(client.send("GET", elsewhere).statusCode()).isEqualTo(404);
    assertThat(client.patch(elsewhere, HALF, rest(HALF)).statusCode()).isEqualTo(404);
    assertThat(client.finish(elsewhere, digest(BLOB), rest(HALF)).statusCode()).isEqualTo(404);
    assertThat(client.send("DELETE", elsewhere).statusCode()).isEqualTo(404);
    finishFrom(session, HALF);
  }

  private static String withHalf() {
    String session = client.start(REPOSITORY);
    byte[] first = Arrays.copyOf(BLOB, HALF);
    assertThat(client.patch(session, 0, first).statusCode()).isEqualTo(202);
    return session;
  }

  /** Sends half of a body, and returns when some of it is stored. */
  private static WireConnection half(String session) {
    WireConnection connection = WireConnection.open(registry.port());
    connection.head("PATCH", session, "Content-Length", Integer.toString(LARGE.length));
    connection.send(LARGE, 0, LARGE.length / 2);
    Eventually.happens("a batch is stored", () -> client.received(session) > 1);
    return connection;
  }

  private static void finishFrom(String session, int from) {
    finish(session, BLOB, from);
  }

  private static void finish(String session, byte[] blob, int from) {
    HttpResponse<byte[]> finished = client.finish(session, digest(blob), rest(blob, from));
    assertThat(finished.statusCode()).isEqualTo(201);
    assertThat(URI.create(finished.headers().firstValue("Location").orElseThrow()).getPath())
        .isEqualTo("/v2/" + REPOSITORY + "/blobs/" + digest(blob).text());
    assertThat(client.blob(REPOSITORY, digest(blob)).body()).isEqualTo(blob);
  }

  private static byte[] rest(int from) {
    return rest(BLOB, from);
  }

  private static byte[] rest(byte[] blob, int from) {
    return Arrays.copyOfRange(blob, from, blob.length);
  }
}
