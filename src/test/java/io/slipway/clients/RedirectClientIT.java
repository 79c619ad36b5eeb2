package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.OneProfile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls images whose layers the registry does not send: it names their places in MinIO. */
@OneProfile("needs S3, and takes it on either profile")
class RedirectClientIT {
  private static final String TAG = "amd64";

  @TempDir static Path folder;
  @TempDir static Path data;
  private static LaunchedRegistry registry;
  private static ClusterStores stores;
  private static SampleImage sample;

  @BeforeAll
  static void start() throws Exception {
    stores = ClusterStores.redirecting(data);
    registry = LaunchedRegistry.start(data, stores, Map.of());
    sample = new SampleImage(folder);
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  /** Copies the image there and returns its largest layer, which is read from MinIO. */
  private static String push(String repository) throws Exception {
    Program.of("skopeo", "--insecure-policy", "copy", "--dest-tls-verify=false")
        .in(folder)
        .print("oci:sample:" + TAG, "docker://" + registry.host() + "/" + repository + ":" + TAG);
    String layer = registry.largestLayer(repository, TAG);
    String path = "/v2/" + repository + "/blobs/" + layer;
    assertThat(
            Program.of("curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}")
                .print(registry.url(path)))
        .startsWith("307 " + stores.endpoint() + "/");
    return layer;
  }

  @Test
  void dockerReadsLayersFromMinio() throws Exception {
    Program docker = DockerEngine.client(folder);
    String layer = push("team/docker");
    String image = registry.host() + "/team/docker:" + TAG;
    String[] pull = {"pull", "--platform", "linux/" + TAG, image};
    DockerEngine.forgetEverything(docker);
    // Here nobody looks at the bytes before Docker does.
    assertThat(registry.whileDamaged(layer, () -> docker.fail(pull)))
        .contains("verification failed");
    docker.print(pull);
    assertThat(docker.print("image", "inspect", "--format", "{{.Id}}", image))
        .isEqualTo(sample.id(TAG));
    docker.print("save", "-o", "docker.tar", image);
    assertThat(Contents.digestsIn(folder.resolve("docker.tar")).values())
        .containsAll(sample.contents(TAG));
    DockerEngine.forgetEverything(docker);
  }

  @Test
  void craneReadsLayersFromMinio() throws Exception {
    String layer = push("team/crane");
    String image = registry.host() + "/team/crane:" + TAG;
    Program crane = Program.of(System.getenv("SLIPWAY_CRANE")).in(folder);
    assertThat(registry.whileDamaged(layer, () -> crane.fail("validate", "--remote", image)))
        .contains("checksum");
    crane.print("pull", "--format", "oci", image, "back");
    List<String> blobs = List.copyOf(Contents.digests(folder.resolve("back/blobs")).values());
    assertThat(blobs).containsAll(sample.blobs(TAG));
    assertThat(Files.exists(folder.resolve("back/index.json"))).isTrue();
  }
}
