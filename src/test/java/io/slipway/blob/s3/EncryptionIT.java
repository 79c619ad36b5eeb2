package io.slipway.blob.s3;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which requests ask S3 to encrypt: those that make an object, and no others. */
@OneProfile("of a bucket that the test has for itself")
class EncryptionIT {
  private static final String REPOSITORY = "team/app";
  private static final int MEBIBYTE = 1024 * 1024;

  @TempDir Path data;
  private final FakeS3 fake = new FakeS3();

  @AfterEach
  void stop() {
    fake.close();
  }

  @ParameterizedTest
  @CsvSource({"none,,null", "aes256,,AES256", "kms,key-1,aws:kms key-1"})
  void isAskedForWhereAnObjectIsMade(String sse, String key, String expected) {
    String[] settings =
        key == null
            ? fake.settings("storage.s3.sse", sse)
            : fake.settings("storage.s3.sse", sse, "storage.s3.sse_kms_key_id", key);
    try (TestRegistry registry = TestRegistry.start(data, settings)) {
      PushClient client = new PushClient(registry.port());
      // The last is relocated in parts of 8 times 5 MiB.
      for (int size : new int[] {1000, 6 * MEBIBYTE, 41 * MEBIBYTE}) {
        byte[] blob = bytes(size, size);
        assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).isEqualTo(201);
        Eventually.happens("it is at home", () -> fake.keys().contains(home(blob)));
      }
      Eventually.happens(
          "all are at home",
          () ->
              new StoredData(data)
                  .query("SELECT count(*) FROM blob WHERE location LIKE 'uploads/%'")
                  .equals(List.of("0")));
    }
    assertThat(fake.seen().encryptions())
        .containsExactlyInAnyOrder(
            "PutObject " + expected, "CreateMultipartUpload " + expected, "CopyObject " + expected);
  }

  private static String home(byte[] blob) {
    return "blobs/sha256/" + digest(blob).hex();
  }
}
