package io.slipway.blob.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How much is written to S3 for a blob that comes in many requests, each too small for a part: each
 * byte once in a piece, and once more in the part or the object that is made of pieces.
 */
@OneProfile("of a bucket that the test has for itself")
class SmallPatchesIT {
  private static final String REPOSITORY = "team/app";
  private static final int MEBIBYTE = 1024 * 1024;

  @TempDir Path data;
  private final FakeS3 fake = new FakeS3();

  @AfterEach
  void stop() {
    assertThat(fake.overwritten()).isEmpty();
    fake.close();
  }

  /**
   * Pushes a blob in requests of so many bytes; the registry is started anew after some of them.
   *
   * @param partSize in MiB
   */
  private byte[] push(int partSize, int size, int chunk, Set<Integer> restarts) {
    byte[] blob = PushClient.bytes(size, size);
    try (TestRegistry registry =
        TestRegistry.start(data, fake.settings("storage.s3.part_size", partSize + "MiB"))) {
      PushClient client = new PushClient(registry.port());
      String session = client.start(REPOSITORY);
      int patches = 0;
      for (int from = 0; from < size; from += chunk) {
        byte[] bytes = Arrays.copyOfRange(blob, from, Math.min(size, from + chunk));
        assertThat(client.patch(session, from, bytes).statusCode()).isEqualTo(202);
        if (restarts.contains(++patches)) {
          registry.restart();
          client = new PushClient(registry.port());
        }
      }
      assertThat(client.finish(session, PushClient.digest(blob), new byte[0]).statusCode())
          .isEqualTo(201);
      client.requirePulled(REPOSITORY, blob);
    }
    assertThat(fake.unfinished()).isEmpty();
    return blob;
  }

  private void requireEachByteWrittenTwiceAtMost(byte[] blob) {
    long whole = blob.length;
    long objects = fake.seen().written("^PutObject uploads/");
    long parts = fake.seen().written("^UploadPart uploads/");
    long copied = fake.seen().written("^UploadPartCopy uploads/");
    assertThat(objects + parts)
        .as("objects %s, parts %s", objects, parts)
        .isBetween(whole, 2 * whole);
    assertThat(objects + parts + copied).as("and copied %s", copied).isBetween(whole, 2 * whole);
  }

  /** S8: a tail that is written again with each request would be 8 bytes for each. */
  @ParameterizedTest
  @CsvSource({
    "5, 11, 65536",
    "5, 11, 65537",
    "5, 11, 300000",
    "5, 10, 1048576",
    "5, 11, 1048576",
    "5, 4, 1048576",
    "16, 33, 262144",
    "16, 40, 1048576"
  })
  void writesEachByteTwiceAtMost(int partSize, int size, int chunk) {
    requireEachByteWrittenTwiceAtMost(push(partSize, size * MEBIBYTE, chunk, Set.of()));
    assertThat(fake.count("^PUT uploads/[^?]*\\.\\d+\\.\\d+$"))
        .as("requests that ended in the middle of a part, and left more than the row keeps")
        .isGreaterThan(2);
  }

  @Test
  void writesEachByteTwiceAtMostThoughItGoesOnInOtherLivesOfTheProcess() {
    Set<Integer> restarts = Set.of(1, 2, 9, 14, 20, 31);
    requireEachByteWrittenTwiceAtMost(push(5, 12 * MEBIBYTE, 400_000, restarts));
  }
}
