package io.slipway.blob.s3;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.S3Fault;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import io.slipway.testing.WireConnection;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls that begin before their blob is moved home, and are not done when its first place goes. */
@OneProfile("of a bucket that the test has for itself")
class MovedBlobIT {
  private static final String REPOSITORY = "team/app";
  private static final int MEBIBYTE = 1024 * 1024;

  @TempDir Path data;
  private final byte[] blob = bytes(1, 24 * MEBIBYTE);
  private final FakeS3 fake = new FakeS3();
  private final S3Fault noCopies = fake.error("^PUT blobs/|^POST blobs/", Integer.MAX_VALUE);
  private TestRegistry registry;
  private PushClient client;
  private WireConnection connection;

  @BeforeEach
  void start() {
    registry = TestRegistry.start(data, fake.settings("storage.s3.timeout", "1s"));
    client = new PushClient(registry.port());
    connection = WireConnection.open(registry.port());
  }

  @AfterEach
  void stop() {
    connection.close();
    registry.close();
    fake.close();
  }

  /** Begins a pull while nothing can be copied home. */
  private void begin() {
    assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
    connection.head("GET", "/v2/" + REPOSITORY + "/blobs/" + digest(blob).text());
  }

  /** Lets the blob be moved, and deletes its first object as the trash does an hour later. */
  private void moveHome() {
    String home = "blobs/sha256/" + digest(blob).hex();
    assertThat(fake.keys()).doesNotContain(home);
    noCopies.lift();
    Eventually.happens(
        "the blob is at home",
        () -> new StoredData(data).query("SELECT location FROM blob").equals(List.of(home)));
    fake.keys().stream().filter(key -> key.startsWith("uploads/")).forEach(fake::remove);
  }

  private void requireAllOfIt() {
    assertThat(connection.readHead().status()).isEqualTo(200);
    byte[] read = new byte[blob.length];
    connection.receive(read, read.length);
    assertThat(Arrays.equals(read, blob)).isTrue();
    assertThat(fake.count("^GET blobs/")).as("from its last place").isEqualTo(1);
  }

  @Test
  void getEveryByteWhenTheyWereSilentForLong() {
    begin();
    Eventually.happens("it is read from its first place", () -> fake.count("^GET uploads/") == 1);
    // S3's connection of a client that reads nothing is closed after the timeout.
    Eventually.happens("S3's connection is closed", () -> fake.sending() == 0);
    moveHome();
    requireAllOfIt();
    assertThat(fake.count("^GET uploads/")).as("in vain the second time").isEqualTo(2);
  }

  @Test
  void getEveryByteWhenConnectionsBreakAllAlong() {
    fake.holdBody("^GET uploads/", 100_000, Integer.MAX_VALUE);
    begin();
    Eventually.happens("it goes on after a break", () -> fake.count("^GET uploads/") == 2);
    moveHome();
    requireAllOfIt();
  }
}
