package io.slipway.recovery;

import static io.slipway.recovery.MixedContent.APP;
import static io.slipway.recovery.MixedContent.CONFIG;
import static io.slipway.recovery.MixedContent.DEEP;
import static io.slipway.recovery.MixedContent.IMAGE;
import static io.slipway.recovery.MixedContent.IMAGE_2;
import static io.slipway.recovery.MixedContent.LAYER;
import static io.slipway.recovery.MixedContent.SECOND;
import static io.slipway.recovery.MixedContent.digest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.MediaTypes;
import io.slipway.server.ScrubProcess;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestProfile;
import io.slipway.testing.TestRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damages what a registry keeps, and looks what becomes of it. */
class ScrubIT {
  private static final Digest LONG = Digest.of(DigestAlgorithm.SHA512, MixedContent.LONG);

  @TempDir Path data;
  private StoredData stored;
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void fill() {
    stored = StoredData.of(data);
    try (TestRegistry registry = TestRegistry.start(data)) {
      new MixedContent(registry).push();
      Eventually.happens(
          "blobs are at home",
          () ->
              stored
                  .query(
                      """
                      SELECT digest FROM blob WHERE location LIKE 'uploads/%'
                      UNION ALL SELECT repo FROM copy_due
                      """)
                  .isEmpty());
    }
  }

  private static final String RUNS =
      "SELECT status FROM run WHERE kind = 'scrub' AND worker LIKE 'registry scrub (process %'";

  private int scrub(boolean dryRun, boolean restart) throws InterruptedException, IOException {
    lines.clear();
    return ScrubProcess.scrub(
        TestRegistry.config(data), dryRun, restart, lines::add, ignored -> {});
  }

  private String location(Digest digest) {
    return stored.query("SELECT location FROM blob WHERE digest = '" + digest + "'").getFirst();
  }

  private void flip(byte[] blob) {
    byte[] wrong = blob.clone();
    wrong[blob.length / 2] ^= 1;
    stored.write(location(digest(blob)), wrong);
  }

  private void damageThree() {
    flip(LAYER);
    stored.write(location(digest(SECOND)), Arrays.copyOf(SECOND, SECOND.length - 1));
    stored.delete(location(LONG));
  }

  private static String told(HttpResponse<byte[]> answer) {
    return answer.statusCode() + " " + new String(answer.body(), UTF_8);
  }

  @Test
  void findsExactlyWhatIsDamaged() throws InterruptedException, IOException {
    assertThat(scrub(false, false)).as("%s", lines).isZero();
    damageThree();
    assertThat(scrub(true, false)).isEqualTo(1);
    assertThat(stored.query("SELECT digest FROM blob WHERE damaged")).isEmpty();
    List<String> dry = lines.stream().filter(line -> line.startsWith("damaged")).toList();

    assertThat(scrub(false, false)).isEqualTo(1);

    assertThat(lines.stream().filter(line -> line.startsWith("damaged")))
        .hasSize(3)
        .isEqualTo(dry)
        .anyMatch(line -> line.contains(digest(LAYER) + ": its bytes have the digest sha256:"))
        .anyMatch(line -> line.contains(digest(SECOND) + ": it has 299999 bytes, not 300000"))
        .anyMatch(line -> line.contains(LONG + ": its bytes are missing"));
    assertThat(stored.query("SELECT digest FROM blob WHERE damaged"))
        .containsExactlyInAnyOrder(digest(LAYER).text(), digest(SECOND).text(), LONG.text());
    assertThat(stored.files("quarantine"))
        .hasSize(2)
        .anyMatch(key -> key.contains(digest(LAYER).hex()))
        .anyMatch(key -> key.contains(digest(SECOND).hex()));
    assertThat(stored.query("SELECT payload FROM outbox WHERE type = 'blob.damaged'"))
        .hasSize(5)
        .anyMatch(event -> event.contains(DEEP) && event.contains(digest(LAYER).text()));
    assertThat(scrub(false, false)).as("%s", lines).isZero();
  }

  @Test
  void pushHealsWhatIsDamaged() throws InterruptedException, IOException {
    damageThree();
    assertThat(scrub(false, false)).isEqualTo(1);
    try (TestRegistry registry = TestRegistry.start(data)) {
      MixedContent content = new MixedContent(registry);
      String path = MixedContent.blob(APP, digest(LAYER));
      assertThat(told(registry.send("GET", path)))
          .startsWith("404")
          .contains("BLOB_UNKNOWN", "it is damaged: its bytes have the digest", "\"damage\":");
      assertThat(registry.send("HEAD", path).statusCode()).isEqualTo(404);
      assertThat(told(registry.send("GET", MixedContent.blob(APP, LONG))))
          .startsWith("404")
          .contains("its bytes are missing");
      assertThat(
              registry
                  .send("POST", "/v2/third/blobs/uploads/?from=" + APP + "&mount=" + digest(LAYER))
                  .statusCode())
          .as("mount")
          .isEqualTo(202);
      content.blob(APP, LAYER, DigestAlgorithm.SHA256);
      content.blob(DEEP, SECOND, DigestAlgorithm.SHA256);
      content.blob(APP, MixedContent.LONG, DigestAlgorithm.SHA512);
      for (String repository : List.of(APP, DEEP)) {
        String healed = MixedContent.blob(repository, digest(LAYER));
        assertThat(registry.send("GET", healed).body()).isEqualTo(LAYER);
      }
      assertThat(registry.send("GET", MixedContent.blob(APP, digest(SECOND))).body())
          .isEqualTo(SECOND);
      assertThat(registry.send("GET", MixedContent.blob(APP, LONG)).body())
          .isEqualTo(MixedContent.LONG);
    }
    assertThat(scrub(false, false)).as("%s", lines).isZero();
    assertThat(stored.query("SELECT digest FROM blob WHERE damaged OR damage IS NOT NULL"))
        .isEmpty();
  }

  /** With a cache on disk where there can be one. */
  private String[] scrubbing() {
    String[] plain = {"scrub.interval", "1s", "ops.port", "0"};
    String[] cached = {
      "scrub.interval",
      "1s",
      "ops.port",
      "0",
      "storage.cache.disk_path",
      data.resolve("cache").toString()
    };
    return TestProfile.isCluster() ? cached : plain;
  }

  @Test
  void runningRegistryScrubsItself() {
    try (TestRegistry registry = TestRegistry.start(data, scrubbing())) {
      String path = MixedContent.blob(APP, digest(LAYER));
      assertThat(registry.send("GET", path).body()).isEqualTo(LAYER);
      flip(LAYER);
      Eventually.happens(
          "the blob is out of service", () -> registry.send("GET", path).statusCode() == 404);
      assertThat(told(registry.send("GET", MixedContent.blob(DEEP, digest(LAYER)))))
          .startsWith("404")
          .contains("it is damaged");
      assertThat(told(registry.send("GET", registry.opsUri("/metrics").toString())))
          .contains("slipway_scrub_damaged_total 1.0");
      new MixedContent(registry).blob(APP, LAYER, DigestAlgorithm.SHA256);
      assertThat(registry.send("GET", path).body()).isEqualTo(LAYER);
    }
  }

  private static JsonObject state(HttpResponse<byte[]> answer, int status) {
    assertThat(answer.statusCode()).as(told(answer)).isEqualTo(status);
    return new JsonObject(Buffer.buffer(answer.body()));
  }

  @Test
  void runningRegistryScrubsWhenItIsAsked() throws Exception {
    try (TestRegistry registry = TestRegistry.start(data)) {
      assertThat(scrub(false, false)).as("%s", lines).isZero();
      damageThree();
      assertThat(scrub(true, false)).isEqualTo(1);
      assertThat(stored.query("SELECT digest FROM blob WHERE damaged")).isEmpty();
      assertThat(scrub(false, false)).isEqualTo(1);
      assertThat(lines.stream().filter(line -> line.startsWith("damaged"))).hasSize(3);
      assertThat(stored.query("SELECT digest FROM blob WHERE damaged")).hasSize(3);
      String path = MixedContent.blob(APP, digest(LAYER));
      assertThat(registry.send("GET", path).statusCode()).isEqualTo(404);
      assertThat(scrub(false, false)).as("%s", lines).isZero();
    }
  }

  @Test
  void showsAndEndsAScrubOfARunningRegistry() {
    try (TestRegistry registry = TestRegistry.start(data)) {
      HttpResponse<byte[]> begun = registry.send("POST", "/_scrub?rate=1KiB");
      String id = state(begun, 202).getString("id");
      String run = begun.headers().firstValue("Location").orElseThrow();
      assertThat(run).endsWith("/_scrub/runs/" + id);
      run = "/_scrub/runs/" + id;
      assertThat(state(registry.send("GET", run), 200).getString("status")).isEqualTo("running");
      assertThat(state(registry.send("POST", "/_scrub"), 202).getString("id")).isEqualTo(id);
      assertThat(registry.send("POST", "/_scrub?dry_run=true").statusCode()).isEqualTo(409);
      assertThat(registry.send("POST", "/_scrub?rate=1").statusCode()).isEqualTo(400);
      assertThat(registry.send("POST", "/_scrub?restart=maybe").statusCode()).isEqualTo(400);
      assertThat(registry.send("GET", "/_scrub/runs/none").statusCode()).isEqualTo(404);
      assertThat(registry.send("DELETE", run).statusCode()).isEqualTo(202);
      String ended = run;
      Eventually.happens(
          "it ends",
          () -> state(registry.send("GET", ended), 200).getString("status").equals("cancelled"));
      assertThat(registry.send("DELETE", run).statusCode()).isEqualTo(200);
      assertThat(stored.query("SELECT value FROM setting WHERE name = 'scrub'").getFirst())
          .as("the next one goes on there")
          .contains("\"running\":true");
    }
  }

  @Test
  void findsAndWritesAgainCopiesThatAreMissingOrWrong() throws Exception {
    List<String> manifests =
        stored.files("manifests").stream().filter(key -> !key.endsWith(".mediatype")).toList();
    List<String> tags = stored.files("tags");
    stored.delete(manifests.getFirst());
    stored.write(manifests.get(1), "{}".getBytes(UTF_8));
    stored.delete(tags.getFirst());
    stored.write(tags.get(1), "not of a registry".getBytes(UTF_8));
    assertThat(scrub(true, false)).isZero();
    assertThat(lines.stream().filter(line -> line.startsWith("copy"))).hasSize(4);
    assertThat(stored.query("SELECT kind FROM copy_due")).isEmpty();

    assertThat(scrub(false, false)).isZero();

    assertThat(lines.stream().filter(line -> line.startsWith("copy"))).hasSize(4);
    assertThat(lines.getLast()).contains("4 copies wrong");
    try (TestRegistry registry = TestRegistry.start(data)) {
      Eventually.happens(
          "copies are written", () -> stored.query("SELECT kind FROM copy_due").isEmpty());
      assertThat(stored.files("tags")).containsExactlyInAnyOrderElementsOf(tags);
      assertThat(scrub(false, false)).isZero();
      assertThat(lines.getLast()).contains("0 copies wrong");
      stored.delete(tags.getFirst());
      assertThat(scrub(false, false)).isZero();
      // By itself it looks after a minute, and at once when something happens.
      new MixedContent(registry).blob(APP, LAYER, DigestAlgorithm.SHA256);
      Eventually.happens(
          "the running registry writes it again",
          () -> Set.copyOf(stored.files("tags")).equals(Set.copyOf(tags)));
      assertThat(registry.send("GET", "/v2/").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void goesOnWhereItWasStopped() throws Exception {
    List<String> digests = stored.query("SELECT digest FROM blob ORDER BY digest");
    stored.delete(location(Digest.parse(digests.getFirst())));
    AtomicReference<Runnable> stop = new AtomicReference<>(() -> {});
    CompletableFuture<Integer> first =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                // A piece of the large blob takes its time, and is not the last one.
                return ScrubProcess.scrub(
                    TestRegistry.config(data, "scrub.rate", "16KiB"),
                    false,
                    false,
                    lines::add,
                    stop::set);
              } catch (InterruptedException | IOException e) {
                throw new IllegalStateException(e);
              }
            });
    Eventually.happens("damage is found", () -> !lines.isEmpty());
    assertThat(stored.query(RUNS)).as("other nodes see it").containsExactly("running");
    stop.get().run();
    assertThatThrownBy(() -> first.get(30, TimeUnit.SECONDS))
        .as("it says nothing of what it did not look at")
        .hasMessageContaining("it did not come to its end");
    assertThat(stored.query(RUNS)).containsExactly("cancelled");

    assertThat(scrub(false, false)).as("%s", lines).isZero();
    assertThat(blobsChecked()).isBetween(1, digests.size() - 1);

    assertThat(scrub(false, false)).isZero();
    assertThat(blobsChecked()).as("the one after").isEqualTo(digests.size());
  }

  @Test
  void goesOnWhereItWasKilled() throws InterruptedException, IOException {
    List<String> digests = stored.query("SELECT digest FROM blob ORDER BY digest");
    stored.delete(location(Digest.parse(digests.get(0))));
    stored.delete(location(Digest.parse(digests.get(2))));
    stored.update(
        "INSERT INTO setting (name, value, version) VALUES ('scrub', '{\"running\":true,\"blob\":\""
            + digests.get(1)
            + "\"}', 1)");
    assertThat(scrub(false, false)).isEqualTo(1);
    assertThat(stored.query("SELECT digest FROM blob WHERE damaged"))
        .containsExactly(digests.get(2));
    assertThat(scrub(false, true)).isEqualTo(1);
    assertThat(stored.query("SELECT digest FROM blob WHERE damaged")).hasSize(2);
  }

  private int blobsChecked() {
    return Integer.parseInt(lines.getLast().replaceFirst("Checked (\\d+) blobs and .*", "$1"));
  }

  @Test
  void repairsManifestsFromTheirCopies() throws InterruptedException, IOException {
    swapContent();
    assertThat(scrub(false, false)).isZero();
    assertThat(lines).contains("right again: the manifest " + digest(IMAGE_2) + " of " + APP);
    try (TestRegistry registry = TestRegistry.start(data)) {
      assertThat(registry.send("GET", MixedContent.manifest(APP, "latest")).body())
          .isEqualTo(IMAGE_2);
    }
  }

  @Test
  void takesManifestsOutOfServiceThatNothingRepairs() throws InterruptedException, IOException {
    swapContent();
    stored.delete("manifests/" + APP + "/" + digest(IMAGE_2));
    assertThat(scrub(false, false)).isEqualTo(1);
    try (TestRegistry registry = TestRegistry.start(data)) {
      for (String reference : List.of("latest", digest(IMAGE_2).text())) {
        assertThat(told(registry.send("GET", MixedContent.manifest(APP, reference))))
            .startsWith("404")
            .contains("MANIFEST_UNKNOWN", "it is damaged", digest(IMAGE).text());
      }
      new MixedContent(registry).manifest(APP, "latest", MediaTypes.OCI_MANIFEST, IMAGE_2);
      assertThat(registry.send("GET", MixedContent.manifest(APP, "latest")).body())
          .isEqualTo(IMAGE_2);
    }
    assertThat(scrub(false, false)).as("%s", lines).isZero();
  }

  /** Gives a manifest the bytes of another one. */
  private void swapContent() {
    stored.update(
        """
        UPDATE manifest SET content = (SELECT m.content FROM manifest m
          WHERE m.repo = manifest.repo AND m.digest = '%s')
        WHERE repo = '%s' AND digest = '%s'
        """
            .formatted(digest(IMAGE), APP, digest(IMAGE_2)));
  }

  @Test
  void healsWhatIsRightAgain() throws InterruptedException, IOException {
    stored.delete(location(LONG));
    String location = location(LONG);
    assertThat(scrub(false, false)).isEqualTo(1);
    stored.write(location, MixedContent.LONG);
    assertThat(scrub(false, false)).isZero();
    assertThat(lines).contains("right again: the blob " + LONG);
    try (TestRegistry registry = TestRegistry.start(data)) {
      assertThat(registry.send("GET", MixedContent.blob(APP, LONG)).body())
          .isEqualTo(MixedContent.LONG);
    }
  }

  @Test
  @OneProfile("A bucket has no folder that is not mounted.")
  void takesNothingForDamageThatCannotBeRead() throws InterruptedException, IOException {
    Path shard = data.resolve(location(digest(CONFIG))).getParent();
    Path away = data.resolve("away");
    Files.move(shard, away);
    Files.createFile(shard);
    assertThat(scrub(false, false)).isEqualTo(1);
    assertThat(lines).anyMatch(line -> line.startsWith("unreadable: the blob " + digest(CONFIG)));
    assertThat(stored.query("SELECT digest FROM blob WHERE damaged")).isEmpty();
    Files.delete(shard);
    Files.move(away, shard);
    assertThat(scrub(false, false)).as("%s", lines).isZero();
  }
}
