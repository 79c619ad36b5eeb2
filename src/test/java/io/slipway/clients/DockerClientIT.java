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

/** Builds, pushes, pulls and runs images with a Docker engine that belongs to this run. */
class DockerClientIT {
  private static final byte[] LARGE = Contents.random(50 * 1024 * 1024, 1);
  private static final String BUILT = "built:local";

  /** An image of one program and what it is linked with; nothing comes from a network. */
  private static final String BASE =
      """
      mkdir -p base/bin
      cp "$(command -v busybox)" base/bin/busybox
      for library in $(ldd base/bin/busybox | grep -o '/[^ )]*'); do
        cp --parents "$library" base
      done
      tar -C base -cf base.tar .
      """;

  private static final String DOCKERFILE =
      """
      FROM base:local
      COPY large /data/large
      COPY small /data/small
      RUN ["/bin/busybox", "sh", "-c", "/bin/busybox sha256sum /data/large > /data/sum"]
      CMD ["/bin/busybox", "sha256sum", "-c", "/data/sum"]
      """;
  private static final int LAYERS = 4;

  @TempDir static Path folder;
  @TempDir static Path data;
  private static Program docker = Program.of();
  private static LaunchedRegistry registry;

  @BeforeAll
  static void buildsAnImage() throws Exception {
    docker = DockerEngine.client(folder);
    registry = LaunchedRegistry.start(data, Map.of());
    Program.bash().in(folder).print(BASE);
    docker.print("import", "base.tar", "base:local");
    build();
    docker.print("save", "-o", "built.tar", BUILT);
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @BeforeEach
  void startsWithNothingButTheImage() throws Exception {
    docker.print("image", "prune", "--all", "--force");
    docker.print("load", "-i", "built.tar");
  }

  private static void build() throws Exception {
    Path context = Files.createDirectory(folder.resolve("context"));
    Files.writeString(context.resolve("Dockerfile"), DOCKERFILE);
    Files.write(context.resolve("large"), LARGE);
    Files.writeString(context.resolve("small"), "small");
    docker.print("build", "--network", "none", "-t", BUILT, context.toString());
  }

  /** Names the built image and pushes it. */
  private static String push(String image) throws Exception {
    docker.print("tag", BUILT, image);
    return docker.print("push", image);
  }

  private static String image(String name) {
    return registry.host() + "/team/" + name;
  }

  private static String inspect(String image, String what) throws Exception {
    return docker.print("image", "inspect", "--format", "{{json ." + what + "}}", image);
  }

  private static String digestOf(String pushed) {
    return pushed.replaceAll("(?s).*digest: (sha256:\\w+) .*", "$1");
  }

  @Test
  void pullsWhatItPushedByteForByte() throws Exception {
    String image = image("app:v1");
    assertThat(push(image)).contains("v1: digest: sha256:");
    String id = inspect(BUILT, "Id");
    String layers = inspect(BUILT, "RootFS.Layers");
    DockerEngine.forgetEverything(docker);

    assertThat(docker.print("pull", image)).contains("Downloaded newer image");
    assertThat(inspect(image, "Id")).isEqualTo(id);
    assertThat(inspect(image, "RootFS.Layers")).isEqualTo(layers);
    String container = docker.print("create", image);
    docker.print("cp", container + ":/data/large", "copy");
    docker.print("rm", container);
    assertThat(Files.mismatch(folder.resolve("copy"), folder.resolve("context/large")))
        .isEqualTo(-1);
    assertThat(docker.print("run", "--rm", "--network", "none", image))
        .isEqualTo("/data/large: OK");
  }

  @Test
  void pushesLayersOnce() throws Exception {
    String first = push(image("again:v1"));
    String second = docker.print("push", image("again:v1"));
    assertThat(second.split("Layer already exists", -1)).hasSize(LAYERS + 1);
    assertThat(digestOf(second)).isEqualTo(digestOf(first));
  }

  @Test
  void pullsEveryTag() throws Exception {
    String first = push(image("tags:v1"));
    assertThat(digestOf(push(image("tags:v2")))).isEqualTo(digestOf(first));
    DockerEngine.forgetEverything(docker);
    docker.print("pull", "--all-tags", image("tags"));
    assertThat(docker.print("images", "--format", "{{.Tag}}", image("tags")).lines().toList())
        .containsExactlyInAnyOrder("v1", "v2");
  }

  @Test
  void mountsLayersFromAnotherRepository() throws Exception {
    String pushed = push(image("source:v1"));
    String mounted = push(image("target:v1"));
    assertThat(mounted.split("Mounted from team/", -1)).hasSize(LAYERS + 1);
    assertThat(digestOf(mounted)).isEqualTo(digestOf(pushed));
    DockerEngine.forgetEverything(docker);
    docker.print("pull", image("target:v1"));
  }

  @Test
  void pullsByDigest() throws Exception {
    String digest = digestOf(push(image("digest:v1")));
    DockerEngine.forgetEverything(docker);
    assertThat(docker.print("pull", image("digest@" + digest))).contains(digest);
    assertThat(inspect(image("digest@" + digest), "RepoDigests")).contains(digest);
  }

  @Test
  void noticesALayerThatHasChanged() throws Exception {
    push(image("broken:v1"));
    DockerEngine.forgetEverything(docker);
    String layer = registry.largestLayer("team/broken", "v1");
    String pull = registry.whileDamaged(layer, () -> docker.fail("pull", image("broken:v1")));
    assertThat(pull).contains("verification failed");
    docker.print("pull", image("broken:v1"));
  }
}
