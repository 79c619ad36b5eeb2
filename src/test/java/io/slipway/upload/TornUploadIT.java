package io.slipway.upload;

import static io.slipway.testing.PushClient.digest;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import io.slipway.testing.WireConnection;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections that break in the middle of a body. */
class TornUploadIT {
  private static final byte[] BLOB = PushClient.bytes(1, 12_000_000);
  private static final String REPOSITORY = "torn/uploads";

  @TempDir static Path data;
  private static TestRegistry registry;
  private static PushClient client;

  @BeforeAll
  static void starts() {
    registry = TestRegistry.start(data);
    client = new PushClient(registry.port());
  }

  @AfterAll
  static void agrees() {
    registry.close();
    StoredData.of(data).requireAgreement();
  }

  @ParameterizedTest
  @CsvSource({"2", "17", "70000", "300000", "1048576", "2999999"})
  void keepsEveryByteThatArrived(int arrived) {
    String session = client.start(REPOSITORY);
    try (WireConnection connection = patch(session, BLOB.length)) {
      connection.send(BLOB, 0, arrived);
    }
    Eventually.happens(arrived + " bytes are kept", () -> client.received(session) == arrived);
    finishFrom(session, arrived);
  }

  @ParameterizedTest
  @CsvSource({"2", "70000", "1500000"})
  void keepsEveryByteOfAChunkedBody(int arrived) {
    String session = client.start(REPOSITORY);
    try (WireConnection connection = WireConnection.open(registry.port())) {
      connection.head("PATCH", session, "Transfer-Encoding", "chunked");
      // The last chunk announces more than comes.
      connection.chunk(BLOB, 0, arrived / 2);
      connection.send("ffffff\r\n".getBytes(US_ASCII));
      connection.send(BLOB, arrived / 2, arrived - arrived / 2);
    }
    Eventually.happens(arrived + " bytes are kept", () -> client.received(session) == arrived);
    finishFrom(session, arrived);
  }

  @Test
  void keepsAPrefixWhenTheConnectionIsReset() {
    String session = client.start(REPOSITORY);
    WireConnection connection = patch(session, BLOB.length);
    // More than a part: what a bucket keeps, it keeps in parts.
    connection.send(BLOB, 0, 6_000_000);
    Eventually.happens("a batch is stored", () -> client.received(session) > 256 * 1024);
    connection.send(BLOB, 6_000_000, 1_000_000);
    connection.reset();
    resumeUntilDone(session);
  }

  /** Clients that send before they read see nothing but a broken connection otherwise. */
  @Test
  void answersAClientThatSendsALargeChunkToTheWrongPlace() {
    String session = client.start(REPOSITORY);
    byte[] chunk = new byte[40_000_000];
    try (WireConnection connection = patch(session, 1, chunk.length)) {
      connection.send(chunk, 0, chunk.length);
      assertThat(connection.read().status()).isEqualTo(416);
    }
    finishFrom(session, 0);
  }

  @Test
  void resumesAfterTearsAtAnyByte() {
    Random random = new Random(7);
    String session = client.start(REPOSITORY);
    long received = 0;
    long sent = 0;
    for (int tear = 0; tear < 25; tear++) {
      int from = Math.toIntExact(received);
      int length = 1 + random.nextInt(150_000);
      WireConnection connection = patch(session, from, BLOB.length - from);
      connection.send(BLOB, from, length);
      if (random.nextBoolean()) {
        connection.reset();
      } else {
        connection.close();
      }
      // At once, as an impatient client does: what is asked for may still be on its way in.
      received = nextByte(session, received);
      sent = Math.max(sent, from + length);
      assertThat(received).isBetween((long) from, sent);
    }
    resumeUntilDone(session);
  }

  /** A client learns where to go on from a refusal, or from the status. */
  private long nextByte(String session, long before) {
    HttpResponse<byte[]> probe = client.patch(session, BLOB.length, new byte[] {1});
    assertThat(probe.statusCode()).isEqualTo(416);
    long received = PushClient.received(probe);
    return received == 1 ? before : received;
  }

  private void resumeUntilDone(String session) {
    int from = Math.toIntExact(client.received(session));
    HttpResponse<byte[]> answer = client.patchWhenInvited(session, from, rest(from));
    while (answer.statusCode() == 416) {
      from = Math.toIntExact(PushClient.received(answer));
      answer = client.patchWhenInvited(session, from, rest(from));
    }
    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(PushClient.received(answer)).isEqualTo(BLOB.length);
    finishFrom(session, BLOB.length);
  }

  private void finishFrom(String session, int from) {
    assertThat(client.finish(session, digest(BLOB), rest(from)).statusCode()).isEqualTo(201);
    assertThat(client.blob(REPOSITORY, digest(BLOB)).body()).isEqualTo(BLOB);
  }

  private static byte[] rest(int from) {
    return Arrays.copyOfRange(BLOB, from, BLOB.length);
  }

  private WireConnection patch(String session, int length) {
    return patch(session, 0, length);
  }

  private WireConnection patch(String session, int from, int length) {
    return WireConnection.open(registry.port())
        .head(
            "PATCH",
            session,
            "Content-Length",
            Integer.toString(length),
            "Content-Range",
            from + "-" + (from + length - 1));
  }
}
