package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds images from nothing with Buildah, pushes them and pulls them. */
class BuildahClientIT {
  @TempDir static Path folder;
  @TempDir static Path data;
  private static ContainerTool buildah;
  private static LaunchedRegistry registry;

  @BeforeAll
  static void start() throws Exception {
    registry = LaunchedRegistry.start(data, Map.of());
    buildah = new ContainerTool("buildah", folder);
    Files.write(folder.resolve("large"), Contents.random(3_000_000, 41));
    Files.writeString(
        folder.resolve("Containerfile"),
        "FROM scratch\nCOPY large /data/large\nCMD [\"/data/large\"]\n");
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @BeforeEach
  void startsWithNothing() throws Exception {
    buildah.print("rm", "--all");
    buildah.forgetEverything();
  }

  private static String image(String name) {
    return registry.host() + "/team/" + name;
  }

  private static void build(String image) throws Exception {
    buildah.print("bud", "--isolation=chroot", "-t", image, ".");
  }

  private static void pull(String image) throws Exception {
    buildah.print("pull", "--tls-verify=false", image);
  }

  private static void pushesAndPulls(String image) throws Exception {
    Collection<String> contents = buildah.contents(image);
    buildah.push(image);
    buildah.forgetEverything();
    pull(image);
    assertThat(buildah.contents(image)).containsExactlyElementsOf(contents);
    requireFile(image);
  }

  /** Fails unless the file in an image is the file that went into it. */
  private static void requireFile(String image) throws Exception {
    buildah.print("from", "--pull-never", "--name", "working", image);
    Path root = Path.of(buildah.print("mount", "working"));
    assertThat(Files.mismatch(root.resolve("data/large"), folder.resolve("large"))).isEqualTo(-1);
    buildah.print("rm", "working");
  }

  @Test
  void pullsWhatItBuiltByteForByte() throws Exception {
    build(image("built:v1"));
    pushesAndPulls(image("built:v1"));
  }

  @Test
  void pullsWhatItCommittedByteForByte() throws Exception {
    String container = buildah.print("from", "scratch");
    buildah.print("copy", container, "large", "/data/large");
    buildah.print("config", "--cmd", "/data/large", container);
    buildah.print("commit", "--rm", container, image("committed:v1"));
    pushesAndPulls(image("committed:v1"));
  }

  @Test
  void pushesAnIndexAndPullsByPlatform() throws Exception {
    String image = image("index:v1");
    buildah.print("bud", "--platform=linux/amd64,linux/arm64", "--manifest", "both", ".");
    buildah.print("manifest", "push", "--all", "--tls-verify=false", "both", "docker://" + image);
    buildah.print("manifest", "rm", "both");
    buildah.forgetEverything();
    for (String platform : SampleImage.platforms()) {
      buildah.print("pull", "--tls-verify=false", "--platform=linux/" + platform, image);
      assertThat(buildah.print("inspect", "--format", "{{.OCIv1.Architecture}}", image))
          .isEqualTo(platform);
      requireFile(image);
      buildah.forgetEverything();
    }
  }

  @Test
  void noticesALayerThatHasChanged() throws Exception {
    String image = image("broken:v1");
    build(image);
    buildah.push(image);
    buildah.forgetEverything();
    String layer = registry.largestLayer("team/broken", "v1");
    assertThat(
            registry.whileDamaged(layer, () -> buildah.fail("pull", "--tls-verify=false", image)))
        .contains("Digest did not match, expected " + layer);
    pull(image);
    requireFile(image);
  }
}
