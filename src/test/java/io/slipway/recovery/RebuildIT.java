package io.slipway.recovery;

import static io.slipway.recovery.MixedContent.APP;
import static io.slipway.recovery.MixedContent.DEEP;
import static io.slipway.recovery.MixedContent.IMAGE;
import static io.slipway.recovery.MixedContent.IMAGE_2;
import static io.slipway.recovery.MixedContent.INDEX;
import static io.slipway.recovery.MixedContent.LAYER;
import static io.slipway.recovery.MixedContent.OUTER;
import static io.slipway.recovery.MixedContent.SECOND;
import static io.slipway.recovery.MixedContent.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.oci.MediaTypes;
import io.slipway.server.GarbageCollecting;
import io.slipway.server.GarbageWish;
import io.slipway.server.RebuildProcess;
import io.slipway.storage.RebuildOptions;
import io.slipway.testing.Eventually;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestProfile;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Makes the database anew from the store, and compares it with the one that was deleted. */
class RebuildIT {
  private static final RebuildOptions PLAIN = new RebuildOptions(false, false, false);

  /** Everything but times that nobody can know. */
  private static final List<String> TABLES =
      List.of(
          "SELECT name FROM repository",
          "SELECT digest, size, location, damaged FROM blob",
          """
          SELECT l.repo, l.digest FROM link l WHERE EXISTS (SELECT 1 FROM reference r
            WHERE r.repo = l.repo AND r.digest = l.digest AND r.kind = 'blob')
          """,
          """
          SELECT repo, digest, media_type, artifact_type, subject, annotations, size, image_size
          FROM manifest
          """,
          "SELECT repo, manifest, digest, kind FROM reference",
          "SELECT repo, name, digest, version, copied, updated_at FROM tag",
          """
          SELECT h.repo, h.name, h.version, h.digest, h.actor,
            abs(h.started_at - t.updated_at) < 1000, h.ended_at
          FROM tag_history h JOIN tag t
          ON t.repo = h.repo AND t.name = h.name AND t.version = h.version
          """);

  @TempDir Path data;
  private StoredData stored;
  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void look() {
    stored = StoredData.of(data);
  }

  private int rebuild(RebuildOptions options) throws InterruptedException {
    lines.clear();
    return RebuildProcess.rebuild(TestRegistry.config(data), options, false, lines::add);
  }

  private Map<String, List<String>> tables() {
    Map<String, List<String>> tables = new TreeMap<>();
    TABLES.forEach(sql -> tables.put(sql, stored.query(sql).stream().sorted().toList()));
    return tables;
  }

  private void settled() {
    Eventually.happens(
        "copies are written and blobs are at home",
        () ->
            stored
                .query(
                    """
                    SELECT repo FROM copy_due
                    UNION ALL SELECT digest FROM blob WHERE location LIKE 'uploads/%'
                    """)
                .isEmpty());
  }

  /** Pushes everything and returns what clients are answered. */
  private List<String> filled() {
    try (TestRegistry registry = TestRegistry.start(data)) {
      MixedContent content = new MixedContent(registry);
      content.push();
      settled();
      return content.answers();
    }
  }

  /** In a bucket, blobs lie for an hour where they were uploaded, too. */
  private void forgetUploads() {
    stored.files("uploads").forEach(stored::delete);
  }

  @Test
  void findsBlobsThatWereNotMovedHome() throws InterruptedException {
    List<String> answers = filled();
    if (!stored.files("uploads").isEmpty()) {
      stored.files("blobs").forEach(stored::delete);
    }
    stored.dropDatabase();
    assertThat(rebuild(PLAIN)).as("%s", lines).isZero();
    try (TestRegistry registry = TestRegistry.start(data)) {
      assertThat(new MixedContent(registry).answers()).isEqualTo(answers);
    }
  }

  @Test
  void makesTheSameRegistry() throws InterruptedException {
    List<String> answers = filled();
    forgetUploads();
    Map<String, List<String>> tables = tables();
    assertThat(tables.get("SELECT repo, name, digest, version, copied, updated_at FROM tag"))
        .hasSizeGreaterThan(7);
    stored.dropDatabase();

    assertThat(rebuild(PLAIN)).as("%s", lines).isZero();

    assertThat(tables()).isEqualTo(tables);
    try (TestRegistry registry = TestRegistry.start(data)) {
      MixedContent content = new MixedContent(registry);
      assertThat(content.answers()).isEqualTo(answers);
      content.manifest(APP, "gone", MediaTypes.OCI_MANIFEST, IMAGE);
      content.push();
      settled();
    }
    assertThat(
            stored.query(
                "SELECT version FROM tag WHERE repo = 'team/app' AND name IN ('gone', 'latest')"))
        .containsExactlyInAnyOrder("5", "4");
    stored.requireAgreement();
  }

  @Test
  void isHarmlessTwice() throws InterruptedException {
    List<String> answers = filled();
    Map<String, List<String>> tables = tables();
    assertThatThrownBy(() -> rebuild(PLAIN))
        .hasMessageContaining("not empty")
        .hasMessageContaining("--replace");
    assertThat(rebuild(new RebuildOptions(true, false, true))).as("%s", lines).isZero();
    assertThat(tables()).isEqualTo(tables);
    stored.update("INSERT INTO setting (name, value, version) VALUES ('rebuild', 'begun', 1)");
    stored.update("DELETE FROM tag WHERE name = 'v1'");
    assertThatThrownBy(() -> TestRegistry.start(data)).hasStackTraceContaining("did not end");
    assertThat(rebuild(PLAIN)).as("%s", lines).isZero();
    assertThat(tables()).isEqualTo(tables);
    try (TestRegistry registry = TestRegistry.start(data)) {
      assertThat(new MixedContent(registry).answers()).isEqualTo(answers);
    }
  }

  /** What was there must not be mixed with what comes back. */
  @Test
  void goesOnForgettingWhereItWasKilled() throws InterruptedException {
    filled();
    Map<String, List<String>> tables = tables();
    stored.update("INSERT INTO setting (name, value, version) VALUES ('rebuild', 'forgetting', 1)");
    stored.update("DELETE FROM tag_history");
    stored.update(
        "UPDATE tag SET digest = (SELECT min(digest) FROM manifest WHERE repo = tag.repo), version"
            + " = 99");
    assertThatThrownBy(() -> TestRegistry.start(data)).hasStackTraceContaining("did not end");
    assertThat(rebuild(PLAIN)).as("%s", lines).isZero();
    assertThat(tables()).isEqualTo(tables);
    assertThat(stored.query("SELECT name FROM setting WHERE name = 'rebuild'")).isEmpty();
  }

  /** Every blob without a link would go, and its bytes with it. */
  @Test
  void isNotDisturbedByACollection() throws Exception {
    filled();
    Map<String, List<String>> tables = tables();
    stored.update("INSERT INTO setting (name, value, version) VALUES ('rebuild', 'begun', 1)");
    List.of("tag_history", "tag", "reference", "manifest", "link")
        .forEach(table -> stored.update("DELETE FROM " + table));
    GarbageWish everything = new GarbageWish(true, Optional.of(Duration.ZERO), false);
    assertThatThrownBy(
            () -> GarbageCollecting.of(TestRegistry.config(data), everything, lines::add))
        .hasMessageContaining("a rebuild of its database did not end");
    assertThat(rebuild(PLAIN)).as("%s", lines).isZero();
    assertThat(tables()).isEqualTo(tables);
  }

  /** As far ahead as a lease that somebody renews may be. */
  private static long soon() {
    return System.currentTimeMillis() + 60_000;
  }

  /** Between its look for a rebuild and its end it would take what is forgotten for waste. */
  @Test
  void waitsForTheEndOfACollection() throws InterruptedException {
    filled();
    RebuildOptions replace = new RebuildOptions(false, false, true);
    Map<String, List<String>> tables = tables();
    stored.update(
        "INSERT INTO lease (name, holder, token, until) VALUES ('gc', 'gc', 9, "
            + soon()
            + ") ON CONFLICT (name) DO UPDATE SET until = excluded.until");
    if (TestProfile.isCluster()) {
      assertThatThrownBy(() -> rebuild(replace)).hasMessageContaining("collects garbage");
      assertThat(stored.query("SELECT name FROM setting WHERE name = 'rebuild'")).isEmpty();
      assertThat(tables()).isEqualTo(tables);
      stored.update("UPDATE lease SET until = 0");
    }
    assertThat(rebuild(replace)).as("%s", lines).isZero();
    assertThat(tables()).isEqualTo(tables);
  }

  /** It would forget what the first has brought back, or end its note in the middle. */
  @Test
  void isRefusedBesideAnother() throws InterruptedException {
    filled();
    Map<String, List<String>> tables = tables();
    stored.update(
        "INSERT INTO lease (name, holder, token, until) VALUES ('rebuild', 'r', 9, "
            + soon()
            + ")");
    stored.update("INSERT INTO setting (name, value, version) VALUES ('rebuild', 'forgetting', 1)");
    if (!TestProfile.isCluster()) {
      assertThat(rebuild(PLAIN)).as("%s", lines).isZero();
      return;
    }
    assertThatThrownBy(() -> rebuild(PLAIN)).hasMessageContaining("another rebuild");
    assertThat(tables()).isEqualTo(tables);
    assertThat(lines).isEmpty();
    stored.update("UPDATE lease SET until = 0");
    assertThat(rebuild(PLAIN)).as("%s", lines).isZero();
    assertThat(tables()).isEqualTo(tables);
  }

  @Test
  void isAskedForByAStartOnAnEmptyDatabase() {
    filled();
    stored.dropDatabase();
    assertThatThrownBy(() -> TestRegistry.start(data))
        .hasStackTraceContaining("run registry rebuild");
  }

  @Test
  void hasTheStoresToItself() {
    try (TestRegistry registry = TestRegistry.start(data)) {
      assertThat(registry.port()).isPositive();
      assertThatThrownBy(() -> rebuild(new RebuildOptions(false, false, true)))
          .hasMessageContaining("another registry is using it");
    }
  }

  @Test
  void leavesOutWhatCannotBePulled() throws InterruptedException {
    filled();
    forgetUploads();
    stored.delete(location(SECOND));
    stored.dropDatabase();

    assertThat(rebuild(PLAIN)).isEqualTo(1);

    assertThat(String.join("\n", lines))
        .contains("left out the manifest " + digest(IMAGE_2))
        .contains("left out the manifest " + digest(INDEX))
        .contains("left out the manifest " + digest(OUTER))
        .contains("left out the tag latest of team/app")
        .contains("left out 3 incomplete manifests, 2 tags, 0 unreadable objects");
    assertThat(stored.query("SELECT digest FROM manifest WHERE repo = '" + APP + "'"))
        .contains(digest(IMAGE).text())
        .doesNotContain(digest(IMAGE_2).text(), digest(INDEX).text(), digest(OUTER).text());
    try (TestRegistry registry = TestRegistry.start(data)) {
      // What is pushed again is whole, and tags go on behind the versions they had.
      new MixedContent(registry).push();
    }
    assertThat(stored.query("SELECT version FROM tag WHERE repo = 'team/app' AND name = 'latest'"))
        .containsExactly("4");
  }

  @Test
  void keepsWhatIsIncompleteIfToldTo() throws InterruptedException {
    filled();
    List<String> manifests =
        stored.query("SELECT repo, digest FROM manifest ORDER BY repo, digest");
    forgetUploads();
    stored.delete(location(SECOND));
    stored.dropDatabase();
    assertThat(rebuild(new RebuildOptions(false, true, false))).as("%s", lines).isZero();
    assertThat(stored.query("SELECT repo, digest FROM manifest ORDER BY repo, digest"))
        .isEqualTo(manifests);
    try (TestRegistry registry = TestRegistry.start(data)) {
      String path = MixedContent.blob(APP, digest(SECOND));
      assertThat(registry.send("GET", path).statusCode()).isEqualTo(404);
      new MixedContent(registry).push();
      assertThat(registry.send("GET", path).body()).isEqualTo(SECOND);
    }
  }

  @Test
  void leavesOutWhatIsDamaged() throws InterruptedException {
    filled();
    String blob = location(LAYER);
    forgetUploads();
    stored.write(blob, new byte[LAYER.length]);
    String copy = "manifests/" + DEEP + "/" + digest(IMAGE);
    stored.write(copy, new byte[] {'{', '}'});
    stored.dropDatabase();

    assertThat(rebuild(new RebuildOptions(true, true, false))).isEqualTo(1);

    assertThat(String.join("\n", lines))
        .contains("left out " + blob)
        .contains("left out " + copy)
        .contains("left out the tag moving of " + DEEP);
    assertThat(stored.query("SELECT digest FROM blob")).doesNotContain(digest(LAYER).text());
  }

  private String location(byte[] blob) {
    return stored
        .query("SELECT location FROM blob WHERE digest = '" + digest(blob) + "'")
        .getFirst();
  }
}
