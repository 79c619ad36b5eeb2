package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.clients.Program.Outcome;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    String engine =
        Objects.requireNonNull(System.getenv("SLIPWAY_DOCKER_HOST"), "SLIPWAY_DOCKER_HOST");
    docker =
        Program.of("docker").with("DOCKER_HOST", engine).with("DOCKER_BUILDKIT", "0").in(folder);
    registry = LaunchedRegistry.start(data, Map.of());
    Program.bash().in(folder).print(BASE);
    docker.print("import", "base.tar", "base:local");
    build(BUILT, DOCKERFILE, LARGE);
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

  private static void build(String name, String dockerfile, byte[] large) throws Exception {
    Path context = Files.createDirectories(folder.resolve(name.replace(':', '-')));
    Files.writeString(context.resolve("Dockerfile"), dockerfile);
    Files.write(context.resolve("large"), large);
    Files.writeString(context.resolve("small"), name);
    docker.print("build", "--network", "none", "-t", name, context.toString());
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

  private static void forgetEverything() throws Exception {
    docker.print("image", "prune", "--all", "--force");
    assertThat(docker.print("images", "--all", "--quiet")).isEmpty();
  }

  private static String digestOf(String pushed) {
    return pushed.replaceAll("(?s).*digest: (sha256:\\w+) .*", "$1");
  }

  private static JsonObject manifest(String repository, String reference) throws Exception {
    String path = "/v2/team/" + repository + "/manifests/" + reference;
    return new JsonObject(Program.of("curl", "-sf").print(registry.url(path)));
  }

  @Test
  void pullsWhatItPushedByteForByte() throws Exception {
    String image = image("app:v1");
    assertThat(push(image)).contains("v1: digest: sha256:");
    String id = inspect(BUILT, "Id");
    String layers = inspect(BUILT, "RootFS.Layers");
    forgetEverything();

    assertThat(docker.print("pull", image)).contains("Downloaded newer image");
    assertThat(inspect(image, "Id")).isEqualTo(id);
    assertThat(inspect(image, "RootFS.Layers")).isEqualTo(layers);
    String container = docker.print("create", image);
    docker.print("cp", container + ":/data/large", "copy");
    docker.print("rm", container);
    assertThat(Files.mismatch(folder.resolve("copy"), folder.resolve("built-local/large")))
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
    forgetEverything();
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
    forgetEverything();
    docker.print("pull", image("target:v1"));
  }

  @Test
  void pullsByDigest() throws Exception {
    String digest = digestOf(push(image("digest:v1")));
    forgetEverything();
    assertThat(docker.print("pull", image("digest@" + digest))).contains(digest);
    assertThat(inspect(image("digest@" + digest), "RepoDigests")).contains(digest);
  }

  @Test
  void noticesALayerThatHasChanged() throws Exception {
    // An image of its own, for what other tests push must stay whole.
    build("broken:local", "FROM " + BUILT + "\nCOPY large /large", Contents.random(3_000_000, 2));
    docker.print("tag", "broken:local", image("broken:v1"));
    docker.print("push", image("broken:v1"));
    flipLastByteOf(manifest("broken", "v1"));
    forgetEverything();
    Outcome pull = docker.run("pull", image("broken:v1"));
    assertThat(pull.code()).as(pull.output()).isNotZero();
    assertThat(pull.output()).contains("verification failed");
  }

  private static void flipLastByteOf(JsonObject manifest) throws IOException {
    List<?> layers = manifest.getJsonArray("layers").getList();
    JsonObject last = manifest.getJsonArray("layers").getJsonObject(layers.size() - 1);
    Path file = registry.blob(last.getString("digest"));
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }
}
