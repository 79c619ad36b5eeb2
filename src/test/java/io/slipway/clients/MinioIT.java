package io.slipway.clients;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.MinioServer;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry on a real S3 server: MinIO. */
@OneProfile("of a MinIO that the test has for itself")
class MinioIT {
  private static final String REPOSITORY = "team/app";
  private static final int MEBIBYTE = 1024 * 1024;
  private static final byte[] NOTHING = new byte[0];

  @TempDir Path data;
  @TempDir Path objects;
  private MinioServer minio;
  private TestRegistry registry;
  private PushClient client;

  @BeforeEach
  void start() {
    minio = MinioServer.start(objects);
    registry = TestRegistry.start(data, minio.settings());
    client = new PushClient(registry.port());
  }

  @AfterEach
  void stop() {
    registry.close();
    minio.close();
  }

  @Test
  void takesAndGivesBlobsOfAnySize() {
    for (int size : new int[] {0, 1, 70_000, 5 * MEBIBYTE, 5 * MEBIBYTE + 1, 60 * MEBIBYTE}) {
      byte[] blob = bytes(size, size);
      assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).as(size + " bytes").isEqualTo(201);
      client.requirePulled(REPOSITORY, blob);
    }
    StoredData stored = new StoredData(data);
    Eventually.happens(
        "all are at home",
        () ->
            stored
                .query("SELECT count(*) FROM blob WHERE location LIKE 'uploads/%'")
                .equals(List.of("0")));
    for (int size : new int[] {0, 1, 70_000, 5 * MEBIBYTE, 5 * MEBIBYTE + 1, 60 * MEBIBYTE}) {
      client.requirePulled(REPOSITORY, bytes(size, size));
    }
  }

  @Test
  void goesOnWithAnUploadInAnotherLifeOfTheProcess() {
    byte[] blob = bytes(3, 17 * MEBIBYTE);
    int[] ends = {10, 60_000, 200_000, 4 * MEBIBYTE, 9 * MEBIBYTE + 5, blob.length};
    String session = client.start(REPOSITORY);
    int start = 0;
    for (int end : ends) {
      byte[] chunk = Arrays.copyOfRange(blob, start, end);
      assertThat(client.patch(session, start, chunk).statusCode()).isEqualTo(202);
      registry.restart();
      client = new PushClient(registry.port());
      assertThat(client.received(session)).isEqualTo(end);
      start = end;
    }
    assertThat(client.finish(session, digest(blob), NOTHING).statusCode()).isEqualTo(201);
    client.requirePulled(REPOSITORY, blob);
  }

  @Test
  void sendsRangesAndForgetsWhatIsCancelled() {
    byte[] blob = bytes(4, 11 * MEBIBYTE);
    client.pushBlob(REPOSITORY, blob);
    String path = "/v2/" + REPOSITORY + "/blobs/" + digest(blob).text();
    assertThat(client.send("GET", path, NOTHING, "Range", "bytes=7000000-7000009").body())
        .isEqualTo(Arrays.copyOfRange(blob, 7_000_000, 7_000_010));
    String session = client.start(REPOSITORY);
    client.patch(session, 0, blob);
    assertThat(client.send("DELETE", session).statusCode()).isEqualTo(204);
    assertThat(client.send("GET", session).statusCode()).isEqualTo(404);
  }
}
