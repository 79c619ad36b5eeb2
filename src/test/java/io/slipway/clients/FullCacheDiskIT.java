package io.slipway.clients;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fills the disk of the cache while a blob is on its way there. */
@OneProfile("of a disk that is full, and of an S3 in memory")
class FullCacheDiskIT {
  private static final int MEBIBYTE = 1024 * 1024;
  private static final String GET = "^GET (uploads|blobs)/";

  @TempDir private Path folder;

  @Test
  void goesOnFromS3AtTheByteReached() throws IOException {
    Path mounted = Files.createDirectory(folder.resolve("cache"));
    SmallDisk disk = SmallDisk.mount(mounted, 8);
    try (FakeS3 fake = new FakeS3()) {
      Map<String, String> settings = new HashMap<>();
      for (int i = 0; i < fake.settings().length; i += 2) {
        settings.put(fake.settings()[i], fake.settings()[i + 1]);
      }
      settings.put("storage.cache.disk_path", mounted.toString());
      StoredData cache = new StoredData(mounted);
      try (ChildRegistry registry = ChildRegistry.start(folder.resolve("data"), settings)) {
        PushClient client = registry.client();
        byte[] small = PushClient.bytes(1, 2 * MEBIBYTE);
        byte[] large = PushClient.bytes(2, 16 * MEBIBYTE);
        client.pushBlob("app", small);
        client.pushBlob("app", large);
        assertThat(client.blob("app", digest(small)).body()).isEqualTo(small);
        Eventually.happens("it is kept", () -> cache.files("blobs").size() == 1);
        HttpResponse<byte[]> answer = client.blob("app", digest(large));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Arrays.equals(answer.body(), large)).isTrue();
        assertThat(registry.output()).contains("the disk of the cache fails");
        assertThat(fake.count(GET)).isEqualTo(3);
        assertThat(fake.sent() - small.length).isLessThan(large.length + 12L * MEBIBYTE);
        Eventually.happens("nothing is left", () -> cache.files("fills").isEmpty());
        // The next one does not try the disk again so soon.
        client.requirePulled("app", large);
        assertThat(fake.count(GET)).isEqualTo(4);
        HttpResponse<byte[]> hit = client.blob("app", digest(small));
        assertThat(hit.headers().firstValue("X-Cache")).contains("HIT");
        assertThat(hit.body()).isEqualTo(small);
        assertThat(registry.stop()).isZero();
      }
    } finally {
      disk.unmount();
    }
  }
}
