package io.slipway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.ChildRegistry;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fills a small disk: pushes end in time or at least cleanly, everything else goes on. */
@OneProfile("of a disk that is full")
class FullDiskIT {
  private static final int MEBIBYTE = 1024 * 1024;
  private static final int DISK = 96;
  private static final int BALLAST = 40;

  @TempDir private Path folder;
  private Path disk;
  private Path ballast;

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    disk = Files.createDirectory(folder.resolve("disk"));
    run("mount", "-t", "tmpfs", "-o", "size=" + DISK + "m", "tmpfs", disk.toString());
    ballast = disk.resolve("ballast");
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    run("umount", disk.toString());
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
        .as(String.join(" ", command))
        .isZero();
  }

  private void fill(long bytes) throws IOException {
    byte[] zeros = new byte[MEBIBYTE];
    try (var output = Files.newOutputStream(ballast)) {
      for (long left = bytes; left > 0; left -= zeros.length) {
        output.write(zeros, 0, (int) Math.min(left, zeros.length));
      }
    }
  }

  private void fillUp() throws IOException {
    byte[] page = new byte[4096];
    try (var output = Files.newOutputStream(ballast)) {
      while (free() > 0) {
        output.write(page);
      }
    }
  }

  private long free() throws IOException {
    return Files.getFileStore(disk).getUsableSpace();
  }

  @Test
  void refusesPushesWhileTheReserveIsFreeAndGoesOnOtherwise() throws IOException {
    fill((long) BALLAST * MEBIBYTE);
    int reserve = 24 * MEBIBYTE;
    Map<String, String> settings = Map.of("storage.reserve", "24MiB");
    try (ChildRegistry registry = ChildRegistry.start(disk.resolve("data"), settings)) {
      PushClient client = registry.client();
      Map<Digest, byte[]> pushed = new HashMap<>();
      byte[] blob = PushClient.bytes(0, 2 * MEBIBYTE);
      HttpResponse<byte[]> answer = client.pushBlob("app", blob);
      while (answer.statusCode() == 201) {
        pushed.put(PushClient.digest(blob), blob);
        blob = PushClient.bytes(pushed.size(), 2 * MEBIBYTE);
        answer = client.pushBlob("app", blob);
      }
      assertThat(answer.statusCode()).isEqualTo(507);
      assertThat(new String(answer.body(), UTF_8)).contains("storage.reserve");
      assertThat(pushed).hasSizeGreaterThan(5);
      assertThat(free()).isGreaterThan(reserve - MEBIBYTE);
      Path more = Files.write(disk.resolve("more"), new byte[3 * MEBIBYTE]);
      assertThat(client.send("POST", "/v2/app/blobs/uploads/").statusCode()).isEqualTo(507);
      byte[] config = PushClient.bytes(1, 2 * MEBIBYTE);
      byte[] manifest = PushClient.manifest(config, PushClient.bytes(2, 2 * MEBIBYTE));
      assertThat(client.pushManifest("app", "v1", manifest).statusCode()).isEqualTo(507);
      pushed.forEach(
          (digest, bytes) -> assertThat(client.blob("app", digest).body()).isEqualTo(bytes));
      Digest first = pushed.keySet().iterator().next();
      assertThat(client.send("DELETE", "/v2/app/blobs/" + first.text()).statusCode())
          .isEqualTo(202);
      Files.delete(more);
      Files.delete(ballast);
      assertThat(client.pushBlob("app", blob).statusCode()).isEqualTo(201);
      assertThat(registry.stop()).isZero();
    }
  }

  @Test
  void losesNothingWhenTheDiskIsFullInTheMiddleOfAnUpload() throws IOException {
    try (ChildRegistry registry = ChildRegistry.start(disk.resolve("data"), Map.of())) {
      PushClient client = registry.client();
      byte[] blob = PushClient.bytes(7, 12 * MEBIBYTE);
      byte[] begin = Arrays.copyOf(blob, 4 * MEBIBYTE);
      byte[] rest = Arrays.copyOfRange(blob, begin.length, blob.length);
      String session = client.start("app");
      assertThat(client.patch(session, 0, begin).statusCode()).isEqualTo(202);
      fill(free() - 2 * MEBIBYTE);
      assertThat(client.patch(session, begin.length, rest).statusCode()).isEqualTo(507);
      assertThat(client.received(session)).isEqualTo(begin.length);
      assertThat(client.finish(session, PushClient.digest(blob), rest).statusCode()).isEqualTo(507);
      assertThat(client.received(session)).isEqualTo(begin.length);
      Files.delete(ballast);
      assertThat(client.finish(session, PushClient.digest(blob), rest).statusCode()).isEqualTo(201);
      assertThat(client.blob("app", PushClient.digest(blob)).body()).isEqualTo(blob);
      assertThat(registry.stop()).isZero();
    }
  }

  @Test
  void keepsItsDatabaseWholeWhenNoPageIsFree() throws IOException {
    try (ChildRegistry registry = ChildRegistry.start(disk.resolve("data"), Map.of())) {
      PushClient client = registry.client();
      byte[] config = PushClient.bytes(1, 100);
      byte[] layer = PushClient.bytes(2, 1000);
      assertThat(client.pushBlob("app", config).statusCode()).isEqualTo(201);
      assertThat(client.pushBlob("app", layer).statusCode()).isEqualTo(201);
      byte[] manifest = PushClient.manifest(config, layer);
      assertThat(client.pushManifest("app", "before", manifest).statusCode()).isEqualTo(201);
      fillUp();
      int refused = 0;
      for (int i = 0; i < 40; i++) {
        HttpResponse<byte[]> answer = client.pushManifest("app", "full" + i, manifest);
        assertThat(answer.statusCode()).isIn(201, 507);
        refused += answer.statusCode() == 507 ? 1 : 0;
      }
      assertThat(refused).isPositive();
      assertThat(client.send("GET", "/v2/app/manifests/before").body()).isEqualTo(manifest);
      Files.delete(ballast);
      assertThat(client.pushManifest("app", "after", manifest).statusCode()).isEqualTo(201);
      assertThat(registry.stop()).isZero();
    }
  }
}
