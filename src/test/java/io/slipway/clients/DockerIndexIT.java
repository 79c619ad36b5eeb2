package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pushes an image for two platforms with docker manifest, and pulls it by platform. */
class DockerIndexIT {
  @TempDir static Path folder;
  @TempDir static Path data;
  private static Program docker = Program.of();
  private static LaunchedRegistry registry;
  private static SampleImage sample;
  private static String index = "";
  private static String digest = "";

  @BeforeAll
  static void pushesAnIndex() throws Exception {
    docker = DockerEngine.client(folder);
    registry = LaunchedRegistry.start(data, Map.of());
    sample = new SampleImage(folder);
    index = registry.host() + "/team/index:v1";
    List<String> create = new ArrayList<>(List.of("manifest", "create", "--insecure", index));
    for (String platform : SampleImage.platforms()) {
      String image = registry.host() + "/team/index:" + platform;
      String archive = platform + "-docker.tar";
      Program.of("skopeo", "--insecure-policy", "copy")
          .in(folder)
          .print("oci:sample:" + platform, "docker-archive:" + archive + ":" + image);
      docker.print("load", "-i", archive);
      docker.print("push", image);
      create.add(image);
    }
    docker.print(create.toArray(String[]::new));
    docker.print(
        "manifest", "annotate", "--arch", "arm64", "--variant", "v8", index, create.getLast());
    digest = docker.print("manifest", "push", "--insecure", index);
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @BeforeEach
  void startsWithNothing() throws Exception {
    DockerEngine.forgetEverything(docker);
  }

  private static void requireWhole(String image, String platform) throws Exception {
    assertThat(docker.print("image", "inspect", "--format", "{{.Id}}", image))
        .isEqualTo(sample.id(platform));
    docker.print("save", "-o", "saved.tar", image);
    assertThat(Contents.digestsIn(folder.resolve("saved.tar")).values())
        .containsAll(sample.contents(platform));
  }

  @Test
  void inspectsTheIndexThatItPushed() throws Exception {
    Program.of("curl", "-sf", "-o", "index")
        .in(folder)
        .print(registry.url("/v2/team/index/manifests/" + digest));
    byte[] stored = Files.readAllBytes(folder.resolve("index"));
    assertThat(Contents.digest(stored)).isEqualTo(digest);

    JsonObject inspected = new JsonObject(docker.print("manifest", "inspect", "--insecure", index));
    assertThat(inspected).isEqualTo(new JsonObject(Files.readString(folder.resolve("index"))));
    JsonArray manifests = inspected.getJsonArray("manifests");
    assertThat(manifests).hasSize(2);
    assertThat(manifests.getJsonObject(0).getJsonObject("platform"))
        .isEqualTo(new JsonObject("{\"architecture\":\"amd64\",\"os\":\"linux\"}"));
    assertThat(manifests.getJsonObject(1).getJsonObject("platform"))
        .isEqualTo(
            new JsonObject("{\"architecture\":\"arm64\",\"os\":\"linux\",\"variant\":\"v8\"}"));
  }

  @Test
  void pullsTheImageOfItsOwnPlatform() throws Exception {
    assertThat(docker.print("pull", index)).contains(digest, "Downloaded newer image");
    requireWhole(index, docker.print("version", "--format", "{{.Server.Arch}}"));
  }

  @ParameterizedTest
  @MethodSource("io.slipway.clients.SampleImage#platforms")
  void pullsTheImageOfAPlatform(String platform) throws Exception {
    docker.print("pull", "--platform", "linux/" + platform, index);
    requireWhole(index, platform);
    DockerEngine.forgetEverything(docker);
    String byDigest = registry.host() + "/team/index@" + digest;
    docker.print("pull", "--platform", "linux/" + platform, byDigest);
    requireWhole(byDigest, platform);
  }

  @Test
  void saysThatAPlatformIsMissing() throws Exception {
    assertThat(docker.fail("pull", "--platform", "linux/s390x", index))
        .contains("no matching manifest for linux/s390x");
  }

  @ParameterizedTest
  @MethodSource("io.slipway.clients.SampleImage#platforms")
  void noticesALayerThatHasChanged(String platform) throws Exception {
    String[] pull = {"pull", "--platform", "linux/" + platform, index};
    String layer = registry.largestLayer("team/index", platform);
    assertThat(registry.whileDamaged(layer, () -> docker.fail(pull)))
        .contains("verification failed");
    docker.print(pull);
    requireWhole(index, platform);
  }
}
