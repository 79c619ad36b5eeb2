package io.slipway.clients;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.server.RebuildProcess;
import io.slipway.server.ScrubProcess;
import io.slipway.storage.RebuildOptions;
import io.slipway.testing.Eventually;
import io.slipway.testing.MinioServer;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry in a bucket that keeps the versions of what is deleted. */
@OneProfile("of a MinIO that the test has for itself")
class MinioVersionsIT {
  private static final byte[] CONFIG = bytes(1, 300);
  private static final byte[] LAYER = bytes(2, 6 * 1024 * 1024);
  private static final byte[] IMAGE = PushClient.manifest(CONFIG, LAYER);
  private static final String MANIFESTS = "/v2/app/manifests/";

  @TempDir Path data;
  @TempDir Path objects;
  private MinioServer minio;

  @BeforeEach
  void start() {
    minio = MinioServer.start(objects);
  }

  @AfterEach
  void stop() {
    minio.close();
  }

  private void push(PushClient client) {
    assertThat(client.pushBlob("app", CONFIG).statusCode()).isEqualTo(201);
    assertThat(client.pushBlob("app", LAYER).statusCode()).isEqualTo(201);
    assertThat(client.pushManifest("app", "latest", IMAGE).statusCode()).isEqualTo(201);
  }

  private void settled(StoredData stored) {
    Eventually.happens(
        "copies are written and blobs are at home, or wait for their keys",
        () ->
            stored
                .query(
                    """
                    SELECT repo FROM copy_due
                    UNION ALL SELECT digest FROM blob WHERE location LIKE 'uploads/%'
                      AND NOT EXISTS (SELECT 1 FROM trash WHERE location LIKE 'blobs/%')
                    """)
                .isEmpty());
  }

  private void worksIn(String bucket) throws Exception {
    String[] settings =
        Stream.concat(
                Stream.of(minio.settings()),
                Stream.of("storage.s3.bucket", bucket, "storage.delete_after", "0s"))
            .toArray(String[]::new);
    StoredData stored = new StoredData(data);
    try (TestRegistry registry = TestRegistry.start(data, settings)) {
      PushClient client = new PushClient(registry.port());
      push(client);
      settled(stored);
      String home = "registry/blobs/";
      assertThat(client.send("DELETE", MANIFESTS + digest(IMAGE).text()).statusCode())
          .isEqualTo(202);
      assertThat(client.send("POST", "/_gc?grace=0s").statusCode()).isEqualTo(200);
      Eventually.happens("blobs are deleted", () -> minio.keys(bucket, home).isEmpty());
      assertThat(minio.versions(bucket, home)).as("of which the bytes stay").hasSize(2);
      assertThat(client.blob("app", digest(LAYER)).statusCode()).isEqualTo(404);
      push(client);
      settled(stored);
    }
    assertThat(
            ScrubProcess.scrub(
                TestRegistry.config(data, settings), false, false, ignored -> {}, ignored -> {}))
        .as("what a scrub found")
        .isZero();
    stored.dropDatabase();
    assertThat(
            RebuildProcess.rebuild(
                TestRegistry.config(data, settings),
                new RebuildOptions(true, false, false),
                false,
                ignored -> {}))
        .as("what a rebuild left out")
        .isZero();
    try (TestRegistry registry = TestRegistry.start(data, settings)) {
      PushClient client = new PushClient(registry.port());
      assertThat(client.send("GET", MANIFESTS + "latest").body()).isEqualTo(IMAGE);
      client.requirePulled("app", CONFIG);
      client.requirePulled("app", LAYER);
    }
  }

  @Test
  void worksWhereVersionsAreKept() throws Exception {
    minio.keepVersions();
    worksIn(MinioServer.BUCKET);
  }

  @Test
  void worksWhereVersionsAreLocked() throws Exception {
    worksIn(minio.makeLockedBucket());
  }
}
