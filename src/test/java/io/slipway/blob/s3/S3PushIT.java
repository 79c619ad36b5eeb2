package io.slipway.blob.s3;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushes to a registry whose blobs are in a bucket. */
@OneProfile("of a bucket that the test has for itself")
class S3PushIT {
  private static final String REPOSITORY = "team/app";
  private static final int MEBIBYTE = 1024 * 1024;
  private static final byte[] NOTHING = new byte[0];

  @TempDir Path data;
  private final FakeS3 fake = new FakeS3();
  private TestRegistry registry;
  private PushClient client;

  @BeforeEach
  void start() {
    registry = TestRegistry.start(data, fake.settings());
    client = new PushClient(registry.port());
  }

  @AfterEach
  void stop() {
    registry.close();
    assertThat(fake.overwritten()).isEmpty();
    fake.close();
  }

  private void restart() {
    registry.restart();
    client = new PushClient(registry.port());
  }

  private static byte[] part(byte[] blob, int from, int to) {
    return Arrays.copyOfRange(blob, from, to);
  }

  @Test
  void takesBlobsOfAnySizeInOneRequest() {
    for (int size : new int[] {0, 1, 70_000, 5 * MEBIBYTE, 5 * MEBIBYTE + 1, 23 * MEBIBYTE}) {
      byte[] blob = bytes(size, size);
      assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).as(size + " bytes").isEqualTo(201);
      client.requirePulled(REPOSITORY, blob);
    }
    assertThat(fake.unfinished()).isEmpty();
  }

  @Test
  void takesBlobsAsDockerSendsThem() {
    for (int size : new int[] {1000, 300_000, 12 * MEBIBYTE + 17}) {
      byte[] blob = bytes(size, size);
      String session = client.start(REPOSITORY);
      HttpResponse<byte[]> added = client.send("PATCH", session, blob);
      assertThat(added.statusCode()).isEqualTo(202);
      assertThat(PushClient.received(added)).isEqualTo(size);
      assertThat(client.finish(session, digest(blob), NOTHING).statusCode()).isEqualTo(201);
      client.requirePulled(REPOSITORY, blob);
    }
    assertThat(fake.requests())
        .as("a piece that is the whole blob is not written again")
        .noneMatch(request -> request.matches("GET uploads/.*\\?.*"));
  }

  @Test
  void goesOnInAnotherLifeOfTheProcessAfterEveryChunk() {
    byte[] blob = bytes(3, 17 * MEBIBYTE);
    int[] ends = {
      10, 60_000, 200_000, 4 * MEBIBYTE, 9 * MEBIBYTE + 5, 9 * MEBIBYTE + 9, blob.length
    };
    String session = client.start(REPOSITORY);
    int start = 0;
    for (int end : ends) {
      assertThat(client.patch(session, start, part(blob, start, end)).statusCode()).isEqualTo(202);
      restart();
      assertThat(client.received(session)).isEqualTo(end);
      start = end;
    }
    assertThat(client.finish(session, digest(blob), NOTHING).statusCode()).isEqualTo(201);
    client.requirePulled(REPOSITORY, blob);
    assertThat(fake.unfinished()).isEmpty();
  }

  @Test
  void leavesTheSessionAsItWasAfterAWrongDigest() {
    byte[] blob = bytes(4, 8 * MEBIBYTE);
    byte[] start = part(blob, 0, 6 * MEBIBYTE);
    byte[] rest = part(blob, 6 * MEBIBYTE, blob.length);
    String session = client.start(REPOSITORY);
    client.patch(session, 0, start);
    HttpResponse<byte[]> refused = client.finish(session, digest(blob), bytes(5, 6 * MEBIBYTE));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(client.received(session)).isEqualTo(start.length);
    assertThat(client.finish(session, digest(blob), rest).statusCode()).isEqualTo(201);
    assertThat(client.finish(session, digest(blob), NOTHING).statusCode())
        .as("its answer may have been lost")
        .isEqualTo(201);
    client.requirePulled(REPOSITORY, blob);
  }

  @Test
  void verifiesAnotherAlgorithmBeforeItNamesTheBytes() {
    byte[] blob = bytes(6, 7 * MEBIBYTE);
    Digest right = Digest.of(DigestAlgorithm.SHA512, blob);
    Digest wrong = Digest.of(DigestAlgorithm.SHA512, bytes(7, 10));
    String session = client.start(REPOSITORY);
    client.patch(session, 0, blob);
    HttpResponse<byte[]> refused = client.finish(session, wrong, NOTHING);
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(new String(refused.body(), UTF_8)).contains("DIGEST_INVALID");
    assertThat(client.blob(REPOSITORY, wrong).statusCode()).isEqualTo(404);
    String second = client.start(REPOSITORY);
    client.patch(second, 0, blob);
    assertThat(client.finish(second, right, NOTHING).statusCode()).isEqualTo(201);
    assertThat(client.blob(REPOSITORY, right).body()).isEqualTo(blob);
  }

  @Test
  void deletesWhatACancelledSessionStored() {
    byte[] blob = bytes(8, 11 * MEBIBYTE);
    String session = client.start(REPOSITORY);
    client.patch(session, 0, blob);
    assertThat(fake.unfinished()).hasSize(1);
    assertThat(fake.keys()).anyMatch(key -> key.startsWith("uploads/"));
    assertThat(client.send("DELETE", session).statusCode()).isEqualTo(204);
    assertThat(fake.unfinished()).isEmpty();
    assertThat(fake.keys()).noneMatch(key -> key.startsWith("uploads/"));
  }

  @Test
  void clearsAwayWhatAFinishedUploadLeft() {
    byte[] blob = bytes(20, 6 * MEBIBYTE);
    String session = client.start(REPOSITORY);
    client.patch(session, 0, part(blob, 0, 200_000));
    client.patch(session, 200_000, part(blob, 200_000, 400_000));
    client.finish(session, digest(blob), part(blob, 400_000, blob.length));
    assertThat(fake.keys()).anyMatch(key -> key.matches("uploads/.*\\.\\d+\\.\\d+"));
    registry.close();
    new StoredData(data).update("UPDATE upload SET beat_at = beat_at - 600001");
    registry = TestRegistry.start(data, fake.settings());
    client = new PushClient(registry.port());
    Eventually.happens(
        "the pieces are gone",
        () -> fake.keys().stream().noneMatch(key -> key.matches("uploads/.*\\.\\d+\\.\\d+")));
    client.requirePulled(REPOSITORY, blob);
  }

  @Test
  void relocatesBehindTheAnswer() {
    byte[] blob = bytes(9, 6 * MEBIBYTE);
    client.pushBlob(REPOSITORY, blob);
    String home = "blobs/sha256/" + digest(blob).hex();
    Eventually.happens("the blob is at home", () -> fake.keys().contains(home));
    StoredData stored = new StoredData(data);
    Eventually.happens(
        "its row says so", () -> stored.query("SELECT location FROM blob").equals(List.of(home)));
    assertThat(fake.read(home)).isEqualTo(blob);
    assertThat(stored.query("SELECT count(*) FROM trash WHERE location LIKE 'uploads/%'"))
        .containsExactly("1");
    client.requirePulled(REPOSITORY, blob);
    client.pushBlob(REPOSITORY, blob);
    client.requirePulled(REPOSITORY, blob);
    assertThat(stored.query("SELECT location FROM blob")).containsExactly(home);
  }

  @Test
  void takesManyUploadsAtOnceInLittleMemory() {
    List<byte[]> blobs =
        IntStream.range(0, 12).mapToObj(i -> bytes(100 + i, 11 * MEBIBYTE)).toList();
    List<Integer> answers =
        blobs.parallelStream().map(blob -> client.pushBlob(REPOSITORY, blob).statusCode()).toList();
    assertThat(answers).containsOnly(201);
    blobs.forEach(blob -> client.requirePulled(REPOSITORY, blob));
  }
}
