package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pushes and pulls images, and an index of them, with Podman. */
class PodmanClientIT {
  @TempDir static Path folder;
  @TempDir static Path data;
  private static ContainerTool podman;
  private static LaunchedRegistry registry;
  private static SampleImage sample;

  @BeforeAll
  static void start() throws Exception {
    registry = LaunchedRegistry.start(data, Map.of());
    podman = new ContainerTool("podman", folder);
    sample = new SampleImage(folder);
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @BeforeEach
  void startsWithNothing() throws Exception {
    podman.forgetEverything();
  }

  private static String image(String name) {
    return registry.host() + "/team/" + name;
  }

  /** Takes the image of a platform from the folder, and returns what Podman calls it. */
  private static String load(String platform) throws Exception {
    podman.print("pull", "--quiet", "oci:sample:" + platform);
    return sample.id(platform).substring("sha256:".length());
  }

  private static void push(String platform, String image) throws Exception {
    podman.print("tag", load(platform), image);
    podman.push(image);
    podman.forgetEverything();
  }

  private static String[] pull(String image, String platform) {
    return new String[] {"pull", "--tls-verify=false", "--platform=linux/" + platform, image};
  }

  private static void requireWhole(String image, String platform) throws Exception {
    assertThat(podman.print("inspect", "--format", "sha256:{{.Id}} {{.Architecture}}", image))
        .isEqualTo(sample.id(platform) + " " + platform);
    assertThat(podman.contents(image)).containsAll(sample.contents(platform));
  }

  @ParameterizedTest
  @MethodSource("io.slipway.clients.SampleImage#platforms")
  void pullsWhatItPushedByteForByte(String platform) throws Exception {
    push(platform, image("app:" + platform));
    podman.print(pull(image("app:" + platform), platform));
    requireWhole(image("app:" + platform), platform);
  }

  @Test
  void pullsByDigest() throws Exception {
    Path digest = folder.resolve("digest");
    podman.print(
        "push",
        "--tls-verify=false",
        "--digestfile=" + digest,
        load("amd64"),
        "docker://" + image("digest:v1"));
    podman.forgetEverything();
    String byDigest = image("digest@" + Files.readString(digest));
    podman.print(pull(byDigest, "amd64"));
    requireWhole(byDigest, "amd64");
  }

  @Test
  void pushesAnIndexAndPullsByPlatform() throws Exception {
    podman.print("manifest", "create", "both");
    for (String platform : SampleImage.platforms()) {
      podman.print("manifest", "add", "both", "containers-storage:" + load(platform));
    }
    podman.print(
        "manifest", "push", "--all", "--tls-verify=false", "both", "docker://" + image("index:v1"));
    podman.print("manifest", "rm", "both");
    podman.forgetEverything();
    for (String platform : SampleImage.platforms()) {
      podman.print(pull(image("index:v1"), platform));
      requireWhole(image("index:v1"), platform);
      podman.forgetEverything();
    }
  }

  @Test
  void noticesALayerThatHasChanged() throws Exception {
    String image = image("broken:v1");
    push("amd64", image);
    String layer = registry.largestLayer("team/broken", "v1");
    assertThat(registry.whileDamaged(layer, () -> podman.fail(pull(image, "amd64"))))
        .contains("Digest did not match, expected " + layer);
    podman.print(pull(image, "amd64"));
    requireWhole(image, "amd64");
  }
}
