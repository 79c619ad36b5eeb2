package io.slipway.blob.s3;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.S3Fault;
import io.slipway.testing.TestRegistry;
import io.slipway.testing.WireConnection;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pull that finds every connection of pulls in use, by others that S3 does not answer. */
@OneProfile("of a bucket that the test has for itself")
class ReadSlotsIT {
  private static final String REPOSITORY = "team/app";
  private static final int MEBIBYTE = 1024 * 1024;

  /** As many as max_connections. */
  private static final int READS = 8;

  @TempDir Path data;
  private final FakeS3 fake = new FakeS3();
  private final List<WireConnection> readers = new ArrayList<>();
  private TestRegistry registry;
  private PushClient client;
  private PushClient ops;

  @BeforeEach
  void start() {
    String[] more = {
      "storage.s3.max_connections", "8", "storage.s3.timeout", "2s", "ops.port", "0"
    };
    registry =
        TestRegistry.start(
            data,
            Stream.concat(Arrays.stream(fake.settings()), Arrays.stream(more))
                .toArray(String[]::new));
    client = new PushClient(registry.port());
    ops = new PushClient(registry.opsUri("/").getPort());
  }

  @AfterEach
  void stop() {
    readers.forEach(WireConnection::close);
    registry.close();
    fake.close();
  }

  private byte[] pushed(int seed) {
    byte[] blob = bytes(seed, MEBIBYTE);
    assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
    String home = "blobs/sha256/" + digest(blob).hex();
    Eventually.happens("the blob is at home", () -> fake.keys().contains(home));
    return blob;
  }

  private void read(byte[] blob) {
    readers.add(
        WireConnection.open(registry.port())
            .head("GET", "/v2/" + REPOSITORY + "/blobs/" + digest(blob).text()));
  }

  private boolean shows(String line) {
    return new String(ops.send("GET", "/metrics").body(), UTF_8).contains("\n" + line + "\n");
  }

  @Test
  void isToldToComeBackAndTakesTheNextThatIsFree() {
    byte[] stuck = pushed(1);
    byte[] other = pushed(2);
    // Each holds its connection for four tries of 2 s.
    S3Fault silence = fake.stall("^GET .*" + digest(stuck).hex(), Integer.MAX_VALUE);
    for (int i = 0; i < READS - 1; i++) {
      read(stuck);
    }
    Eventually.happens("all but one are held", () -> shows("slipway_s3_reads 7.0"));
    assertThat(client.blob(REPOSITORY, digest(other)).body()).isEqualTo(other);
    read(stuck);
    Eventually.happens("all are held", () -> shows("slipway_s3_reads 8.0"));
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
