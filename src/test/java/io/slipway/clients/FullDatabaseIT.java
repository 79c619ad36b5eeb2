package io.slipway.clients;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk on which not one page is free. */
@OneProfile("of SQLite on a disk that is full")
class FullDatabaseIT {
  private static final String REPOSITORY = "full/disk";
  private static final int MEBIBYTE = 1024 * 1024;
  private static final byte[] NOTHING = new byte[0];
  private static final byte[] LAYER = PushClient.bytes(1, 3 * MEBIBYTE);
  private static final byte[] SMALL = PushClient.bytes(2, 1000);
  private static final byte[] MANIFEST = PushClient.manifest(SMALL, SMALL);

  @TempDir Path folder;
  private SmallDisk disk;
  private StoredData stored;

  @BeforeEach
  void mounts() throws Exception {
    disk = SmallDisk.mount(folder, 48);
    stored = new StoredData(disk.root().resolve("data"));
  }

  @AfterEach
  void unmounts() throws Exception {
    disk.unmount();
  }

  /** The log of the database cannot grow: nothing can be promised, and nothing may break. */
  @Test
  void survivesADatabaseWithoutSpace() throws Exception {
    try (ChildRegistry registry = start("0")) {
      PushClient client = registry.client();
      pushImage(client, "before");
      String session = client.start(REPOSITORY);
      assertThat(client.patch(session, 0, LAYER).statusCode()).isEqualTo(202);

      disk.fillUpTo(0);
      for (int i = 0; i < 30; i++) {
        int status = client.pushManifest(REPOSITORY, "tag" + i, MANIFEST).statusCode();
        assertThat(status).isIn(201, 507);
        assertThat(client.send("POST", uploads()).statusCode()).isIn(202, 507);
      }
      assertThat(client.pushManifest(REPOSITORY, "now", MANIFEST).statusCode()).isEqualTo(507);
      HttpResponse<byte[]> finish = client.finish(session, digest(LAYER), NOTHING);
      assertThat(finish.statusCode()).isEqualTo(507);
      assertThat(client.send("GET", manifest("before")).body()).isEqualTo(MANIFEST);
      assertThat(client.blob(REPOSITORY, digest(SMALL)).body()).isEqualTo(SMALL);
      assertThat(client.received(session)).isEqualTo(LAYER.length);

      disk.release();
      assertThat(client.finish(session, digest(LAYER), NOTHING).statusCode()).isEqualTo(201);
      assertThat(client.blob(REPOSITORY, digest(LAYER)).body()).isEqualTo(LAYER);
      pushImage(client, "after");
      assertThat(registry.stop()).as(registry.output()).isZero();
    }
    stored.requireAgreement();
    try (ChildRegistry registry = start("0")) {
      assertThat(registry.client().send("GET", manifest("after")).body()).isEqualTo(MANIFEST);
    }
  }

  private ChildRegistry start(String reserve) {
    return ChildRegistry.start(stored.root(), Map.of("storage.reserve", reserve));
  }

  private static void pushImage(PushClient client, String tag) {
    assertThat(client.pushBlob(REPOSITORY, SMALL).statusCode()).isEqualTo(201);
    assertThat(client.pushManifest(REPOSITORY, tag, MANIFEST).statusCode()).isEqualTo(201);
  }

  private static String uploads() {
    return "/v2/" + REPOSITORY + "/blobs/uploads/";
  }

  private static String manifest(String tag) {
    return "/v2/" + REPOSITORY + "/manifests/" + tag;
  }
}
