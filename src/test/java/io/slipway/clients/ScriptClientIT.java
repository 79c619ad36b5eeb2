package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs shell scripts as people have long written them for registries. */
class ScriptClientIT {
  private static final String PUSH =
      """
      location() { grep Location | tr -d '\\r' | cut -d' ' -f2; }
      push() {
        upload=$(curl -s -i -X POST $registry/v2/$name/blobs/uploads/ | location)
        upload=$(curl -s -i -X PATCH --data-binary @$1 $upload | location)
        digest=sha256:$(sha256sum $1 | cut -d' ' -f1)
        curl -s -i -X PUT "$upload?digest=$digest" | grep '^HTTP/1.1 201'
      }
      """;

  /** As the documentation of the first registries has it. */
  private static final String PUSH_AT_ONCE =
      """
      upload=$(curl -siL -X POST "$registry/v2/$name/blobs/uploads/" | grep 'Location:' | cut -d ' ' -f 2 | tr -d '[:space:]')
      digest=sha256:$(sha256sum blob | cut -d' ' -f1)
      curl -sf -T blob -H 'Content-Type: application/octet-stream' "$upload?digest=$digest"
      """;

  private static final String MANIFEST =
      """
      item() { printf '"mediaType":"%s","size":%d,"digest":"sha256:%s"' $1 $(wc -c <$2) $(sha256sum $2 | cut -d' ' -f1); }
      type=application/vnd.docker.distribution.manifest.v2+json
      printf '{"schemaVersion":2,"mediaType":"%s","config":{%s},"layers":[{%s}]}' $type \\
        "$(item application/vnd.docker.container.image.v1+json config)" \\
        "$(item application/vnd.docker.image.rootfs.diff.tar.gzip blob)" >manifest
      """;

  @TempDir static Path folder;
  @TempDir static Path data;
  private static LaunchedRegistry registry;

  @BeforeAll
  static void start() throws Exception {
    registry = LaunchedRegistry.start(data, Map.of());
    Files.write(folder.resolve("blob"), Contents.random(2_000_000, 21));
    Files.writeString(folder.resolve("config"), "{}");
    print("push", PUSH + "push blob; push config");
    print("push", MANIFEST + "curl -sf -T manifest $registry/v2/$name/manifests/v1");
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static Program script(String repository) {
    return Program.bash()
        .in(folder)
        .with("registry", registry.url(""))
        .with("name", "team/" + repository);
  }

  private static String print(String repository, String script) throws Exception {
    return script(repository).print(script);
  }

  @Test
  void pushesABlobInThreeSteps() throws Exception {
    print(
        "push",
        "curl -sf $registry/v2/$name/blobs/sha256:$(sha256sum blob | cut -d' ' -f1) | cmp - blob");
  }

  @Test
  void pushesABlobInTwoSteps() throws Exception {
    print("two", PUSH_AT_ONCE + "curl -sfL $registry/v2/$name/blobs/$digest | cmp - blob");
  }

  @Test
  void waitsForTheRegistryWithWget() throws Exception {
    print("any", "wget -q --spider $registry/v2/");
    print("any", "wget -q --spider $registry/");
    assertThat(print("any", "wget -q -O - $registry/v2/_catalog")).contains("team/push");
  }

  @Test
  void pushesAManifestAsJson() throws Exception {
    assertThat(
            print(
                "push",
                "curl -s -i -X PUT -H 'Content-Type: application/json' --data-binary @manifest"
                    + " $registry/v2/$name/manifests/json"))
        .startsWith("HTTP/1.1 201");
    assertThat(print("push", "curl -s $registry/v2/$name/tags/list")).contains("\"json\"");
    print("push", "curl -sf $registry/v2/$name/manifests/json | cmp - manifest");
    assertThat(print("push", "curl -sI $registry/v2/$name/manifests/json"))
        .contains("application/vnd.docker.distribution.manifest.v2+json");
  }

  @Test
  void pushesAManifestWithoutAnyType() throws Exception {
    print("push", "curl -sf -T manifest $registry/v2/$name/manifests/untyped");
    print("push", "curl -sf $registry/v2/$name/manifests/untyped | cmp - manifest");
  }

  @Test
  void deletesByTheDigestInTheHeader() throws Exception {
    print("push", "curl -sf -T manifest $registry/v2/$name/manifests/gone");
    String type = "application/vnd.docker.distribution.manifest.v2+json";
    String digest =
        "$(curl -sI -H 'Accept: %s' $registry/v2/$name/manifests/gone".formatted(type)
            + " | awk '/Docker-Content-Digest/ {print $2}' | tr -d '\\r')";
    assertThat(print("other", "echo " + digest)).isEmpty();
    assertThat(print("push", "echo " + digest)).startsWith("sha256:");
  }

  @Test
  void readsARange() throws Exception {
    print(
        "push",
        "curl -sf -r 1000-1999 $registry/v2/$name/blobs/sha256:$(sha256sum blob | cut -d' ' -f1)"
            + " | cmp - <(tail -c +1001 blob | head -c 1000)");
  }

  @Test
  void noticesALayerThatHasChanged() throws Exception {
    String digest = Contents.digest(Files.readAllBytes(folder.resolve("blob")));
    String pull = "curl -sf $registry/v2/$name/blobs/" + digest + " | cmp - blob";
    Program script = script("push");
    assertThat(registry.whileDamaged(digest, () -> script.fail(pull))).contains("differ");
    script.print(pull);
  }
}
