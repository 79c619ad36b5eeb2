package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.clients.Program.Outcome;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies images into the registry and out of it with Skopeo. */
class SkopeoClientIT {
  private static final byte[] SHARED = Contents.random(5_000_000, 11);

  @TempDir static Path folder;
  @TempDir static Path data;
  private static Program skopeo = Program.of();
  private static LaunchedRegistry registry;

  @BeforeAll
  static void writesImages() throws Exception {
    registry = LaunchedRegistry.start(data, Map.of());
    skopeo = Program.of("skopeo", "--insecure-policy").in(folder);
    OciLayout one = new OciLayout(folder.resolve("one"));
    one.name("v1", one.image("amd64", SHARED, Contents.random(1000, 12)));
    OciLayout both = new OciLayout(folder.resolve("both"));
    JsonObject amd = both.image("amd64", SHARED, Contents.random(2000, 13));
    JsonObject arm = both.image("arm64", SHARED, Contents.random(3000, 14));
    both.name("v1", both.index(amd, arm));
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static String image(String name) {
    return "docker://" + registry.host() + "/team/" + name;
  }

  private static void push(String from, String to, String... options) throws Exception {
    skopeo.print(join(List.of("copy", "--dest-tls-verify=false"), options, from, image(to)));
  }

  private static void pull(String from, String to, String... options) throws Exception {
    skopeo.print(join(List.of("copy", "--src-tls-verify=false"), options, image(from), to));
  }

  private static String[] join(List<String> first, String[] options, String from, String to) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(options));
    all.addAll(List.of(from, to));
    return all.toArray(String[]::new);
  }

  private static Outcome ask(String... words) throws Exception {
    String[] all = new String[words.length + 1];
    System.arraycopy(words, 0, all, 0, words.length - 1);
    all[words.length - 1] = "--tls-verify=false";
    all[words.length] = words[words.length - 1];
    return skopeo.run(all);
  }

  private static JsonObject answer(String... words) throws Exception {
    Outcome outcome = ask(words);
    assertThat(outcome.code()).as(outcome.output()).isZero();
    return new JsonObject(outcome.output());
  }

  private static Map<String, String> blobs(String layout) throws IOException {
    return Contents.digests(folder.resolve(layout).resolve("blobs"));
  }

  @Test
  void copiesAnImageByteForByte() throws Exception {
    push("oci:one:v1", "one:v1");
    pull("one:v1", "oci:one-back:v1");
    assertThat(blobs("one-back")).hasSize(4).isEqualTo(blobs("one"));
  }

  @Test
  void copiesEveryArchitectureOfAnIndex() throws Exception {
    push("oci:both:v1", "both:v1", "--all", "--preserve-digests");
    pull("both:v1", "oci:both-back:v1", "--all", "--preserve-digests");
    assertThat(blobs("both-back")).hasSize(8).isEqualTo(blobs("both"));
  }

  @Test
  void copiesTheArchiveOfADockerEngine() throws Exception {
    skopeo.print("copy", "oci:one:v1", "docker-archive:in.tar:team/archive:v1");
    push("docker-archive:in.tar", "archive:v1");
    pull("archive:v1", "docker-archive:out.tar:team/archive:v1");
    Program.bash().in(folder).print("mkdir in out; tar -xf in.tar -C in; tar -xf out.tar -C out");
    assertThat(Contents.digests(folder.resolve("out")))
        .containsKey(Contents.digest(SHARED).substring("sha256:".length()) + ".tar")
        .isEqualTo(Contents.digests(folder.resolve("in")));
  }

  @Test
  void copiesBetweenRepositories() throws Exception {
    push("oci:one:v1", "from:v1");
    skopeo.print(
        "copy",
        "--src-tls-verify=false",
        "--dest-tls-verify=false",
        image("from:v1"),
        image("to:v1"));
    assertThat(answer("inspect", image("to:v1")).getString("Digest"))
        .isEqualTo(answer("inspect", image("from:v1")).getString("Digest"));
  }

  @Test
  void inspectsListsAndDeletes() throws Exception {
    push("oci:one:v1", "listed:v1");
    push("oci:both:v1", "listed:v2", "--all");
    JsonObject inspected = answer("inspect", image("listed:v1"));
    assertThat(inspected.getJsonArray("RepoTags")).isEqualTo(JsonArray.of("v1", "v2"));
    assertThat(inspected.getString("Digest"))
        .isEqualTo(Contents.digest(Files.readAllBytes(manifestOf("one"))));
    assertThat(inspected.getJsonArray("Layers")).hasSize(2);

    assertThat(ask("delete", image("listed:v1")).code()).isZero();
    assertThat(answer("list-tags", image("listed")).getJsonArray("Tags")).containsExactly("v2");
    assertThat(ask("inspect", image("listed:v1")).output()).contains("manifest unknown");
  }

  @Test
  void noticesALayerThatHasChanged() throws Exception {
    push("oci:one:v1", "broken:v1");
    String layer = registry.largestLayer("team/broken", "v1");
    String[] pull = {"copy", "--src-tls-verify=false", image("broken:v1"), "oci:broken-back:v1"};
    assertThat(registry.whileDamaged(layer, () -> skopeo.fail(pull)))
        .contains("Digest did not match, expected " + layer);
    skopeo.print(pull);
    assertThat(blobs("broken-back")).isEqualTo(blobs("one"));
  }

  private static Path manifestOf(String layout) throws IOException {
    JsonObject index = new JsonObject(Files.readString(folder.resolve(layout + "/index.json")));
    String digest = index.getJsonArray("manifests").getJsonObject(0).getString("digest");
    return folder.resolve(layout).resolve("blobs").resolve(digest.replace(':', '/'));
  }
}
