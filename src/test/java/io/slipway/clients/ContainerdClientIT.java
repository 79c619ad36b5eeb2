package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pushes and pulls an image for two platforms with ctr and a containerd of this test's own. */
class ContainerdClientIT {
  /** A name that leads nowhere but through the folder of hosts. */
  private static final String ELSEWHERE = "registry.example";

  private static final String HOSTS =
      """
      server = "%1$s"
      [host."%1$s"]
      capabilities = ["pull", "resolve", "push"]
      """;

  @TempDir static Path folder;
  @TempDir static Path data;
  private static LaunchedRegistry registry;
  private static SampleImage sample;

  private Containerd containerd;

  @BeforeAll
  static void start() throws Exception {
    registry = LaunchedRegistry.start(data, Map.of());
    sample = new SampleImage(folder);
    Program.of("tar", "-C", "sample", "-cf", "sample.tar", ".").in(folder).print();
    Path hosts = Files.createDirectories(folder.resolve("hosts").resolve(ELSEWHERE));
    Files.writeString(hosts.resolve("hosts.toml"), HOSTS.formatted(registry.url("")));
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  /** One for each test: what a broken download left would be taken up by the next. */
  @BeforeEach
  void startsContainerd(@TempDir Path own) throws Exception {
    containerd = Containerd.start(own);
  }

  @AfterEach
  void stopsContainerd() {
    containerd.close();
  }

  private Program images(String... words) {
    return containerd.ctr().in(folder).then("images").then(words);
  }

  /** Pushes the index and everything below it. */
  private String push(String repository, String... options) throws Exception {
    images("import", "--all-platforms", "--no-unpack")
        .print("--base-name", repository, "sample.tar");
    images("push").then(options).print(repository + ":both");
    containerd.forgetEverything();
    return repository + ":both";
  }

  /**
   * Pulls, and unpacks with the snapshotter that copies files: overlay is not to be had everywhere.
   */
  private Program pull(String... options) {
    return images("pull", "--snapshotter", "native").then(options);
  }

  @Test
  void pullsEveryPlatformByteForByte() throws Exception {
    String image = push(registry.host() + "/team/app", "--plain-http");
    pull("--plain-http", "--all-platforms").print(image);
    assertThat(containerd.contents(image, "--all-platforms").values()).containsAll(sample.blobs());
  }

  @ParameterizedTest
  @MethodSource("io.slipway.clients.SampleImage#platforms")
  void pullsOnePlatform(String platform) throws Exception {
    String image = push(registry.host() + "/team/one", "--plain-http");
    pull("--plain-http", "--platform", "linux/" + platform).print(image);
    assertThat(containerd.contents(image, "--platform", "linux/" + platform).values())
        .containsAll(sample.blobs(platform))
        .doesNotContain(sample.ownLayer(platform.equals("amd64") ? "arm64" : "amd64"));
  }

  @Test
  void findsTheRegistryInAFolderOfHosts() throws Exception {
    String image = push(ELSEWHERE + "/team/hosts", "--hosts-dir", "hosts");
    pull("--hosts-dir", "hosts", "--all-platforms").print(image);
    assertThat(containerd.contents(image, "--all-platforms").values()).containsAll(sample.blobs());
  }

  @Test
  void noticesALayerThatHasChanged() throws Exception {
    String image = push(registry.host() + "/team/broken", "--plain-http");
    Program pull = pull("--plain-http", "--all-platforms");
    pull.print(image);
    containerd.forgetEverything();
    String layer = sample.ownLayer("arm64");
    assertThat(registry.whileDamaged(layer, () -> pull.fail(image)))
        .contains("unexpected commit digest", "expected " + layer);
  }
}
