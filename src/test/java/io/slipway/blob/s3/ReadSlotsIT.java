package io.slipway.blob.s3;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.S3Fault;
import io.slipway.testing.WireConnection;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pull that finds every connection of pulls in use, by others that S3 does not answer. */
@OneProfile("of a bucket that the test has for itself")
class ReadSlotsIT {
  private static final String REPOSITORY = "team/app";
  private static final int MEBIBYTE = 1024 * 1024;

  @TempDir Path data;
  private final List<WireConnection> readers = new ArrayList<>();
  private EightReads registry;
  private PushClient client;

  @BeforeEach
  void start() {
    registry = new EightReads(data, "2s");
    client = registry.client();
  }

  @AfterEach
  void stop() {
    readers.forEach(WireConnection::close);
    registry.close();
  }

  private byte[] pushed(int seed) {
    byte[] blob = bytes(seed, MEBIBYTE);
    assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
    String home = "blobs/sha256/" + digest(blob).hex();
    Eventually.happens("the blob is at home", () -> registry.fake().keys().contains(home));
    return blob;
  }

  private void read(byte[] blob) {
    readers.add(
        WireConnection.open(registry.port())
            .head("GET", "/v2/" + REPOSITORY + "/blobs/" + digest(blob).text()));
  }

  @Test
  void isToldToComeBackAndTakesTheNextThatIsFree() {
    byte[] stuck = pushed(1);
    byte[] other = pushed(2);
    // Each holds its connection for four tries of 2 s.
    S3Fault silence = registry.fake().stall("^GET .*" + digest(stuck).hex(), Integer.MAX_VALUE);
    for (int i = 0; i < EightReads.COUNT - 1; i++) {
      read(stuck);
    }
    Eventually.happens("all but one are held", () -> registry.held(EightReads.COUNT - 1));
    assertThat(client.blob(REPOSITORY, digest(other)).body()).isEqualTo(other);
    read(stuck);
    Eventually.happens("all are held", () -> registry.held(EightReads.COUNT));
    HttpResponse<byte[]> refused = client.blob(REPOSITORY, digest(other));
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    assertThat(new String(refused.body(), UTF_8))
        .contains("UNAVAILABLE")
        .contains("too many others are being read");
    silence.lift();
    for (WireConnection reader : readers) {
      assertThat(reader.readHead().status()).as("tried again by itself").isEqualTo(200);
    }
    assertThat(client.blob(REPOSITORY, digest(other)).body()).isEqualTo(other);
  }
}
