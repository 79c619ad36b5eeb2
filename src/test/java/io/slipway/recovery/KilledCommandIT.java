package io.slipway.recovery;

import static io.slipway.recovery.MixedContent.CONFIG;
import static io.slipway.recovery.MixedContent.LAYER;
import static io.slipway.recovery.MixedContent.SECOND;
import static io.slipway.recovery.MixedContent.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildCommand;
import io.slipway.testing.Eventually;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills commands in the middle of their work: begun again, they come to what they would have. */
class KilledCommandIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Each is full at a later moment of a rebuild. */
  private static final List<String> MOMENTS = List.of("blob", "tag");

  private static final List<String> TABLES =
      List.of(
          "SELECT digest, size FROM blob ORDER BY digest",
          "SELECT repo, digest, media_type, subject FROM manifest ORDER BY repo, digest",
          "SELECT repo, manifest, digest, kind FROM reference ORDER BY repo, manifest, digest",
          "SELECT repo, name, digest, version FROM tag ORDER BY repo, name");

  @TempDir Path data;
  private StoredData stored;
  private List<String> answers = List.of();

  @BeforeEach
  void fill() {
    stored = StoredData.of(data);
    try (TestRegistry registry = TestRegistry.start(data)) {
      MixedContent content = new MixedContent(registry);
      content.push();
      Eventually.happens(
          "blobs are at home and copies are written",
          () ->
              stored
                  .query(
                      """
                      SELECT digest FROM blob WHERE location LIKE 'uploads/%'
                      UNION ALL SELECT repo FROM copy_due
                      """)
                  .isEmpty());
      answers = content.answers();
    }
  }

  private ChildCommand run(String... arguments) {
    return ChildCommand.end(ChildCommand.launch(data, Map.of(), arguments));
  }

  /** Finds three damaged blobs and one that is missing, as if it had not been killed. */
  @Test
  void scrubGoesOn() {
    goesOn(scrub -> scrub.destroyForcibly().onExit().join());
  }

  /** As systemd and Kubernetes do. */
  @Test
  void scrubThatIsToldToEndSaysSoAndGoesOn() {
    goesOn(
        scrub -> {
          // That of the process would close what it prints to.
          scrub.toHandle().destroy();
          ChildCommand ended = ChildCommand.end(scrub);
          assertThat(ended.code()).as("%s", ended).isEqualTo(1);
          assertThat(ended.out()).as("no report").doesNotContain("Checked ");
          assertThat(ended.err())
              .contains("registry: tried to scrub but it did not come to its end")
              .doesNotContain("\tat ");
          assertThat(stored.query("SELECT status FROM run WHERE kind = 'scrub'"))
              .containsExactly("cancelled");
        });
  }

  private void goesOn(Consumer<Process> end) {
    List<String> digests = stored.query("SELECT digest FROM blob ORDER BY digest");
    for (byte[] blob : List.of(CONFIG, LAYER, SECOND)) {
      stored.write(location(digest(blob).text()), new byte[blob.length]);
    }
    // The first that it finds says that it is at work; the large one takes it 18 s at that rate.
    assertThat(digests.getFirst()).isNotEqualTo(digest(SECOND).text());
    stored.delete(location(digests.getFirst()));
    Process scrub = ChildCommand.launch(data, Map.of("scrub.rate", "16KiB"), "scrub");
    try {
      Eventually.happens(
          "it finds something",
          PATIENCE,
          () -> !stored.query("SELECT digest FROM blob WHERE damaged").isEmpty());
      end.accept(scrub);
    } finally {
      scrub.destroyForcibly().onExit().join();
    }
    List<String> expected =
        new ArrayList<>(
            List.of(digest(CONFIG).text(), digest(LAYER).text(), digest(SECOND).text()));
    expected.add(digests.getFirst());
    assertThat(damaged()).as("found before its end").isNotEmpty().isSubsetOf(expected);
    assertThat(damaged().size()).isLessThan(expected.stream().distinct().toList().size());

    assertThat(run("scrub").code()).isEqualTo(1);

    assertThat(damaged())
        .containsExactlyInAnyOrderElementsOf(expected.stream().distinct().toList());
    assertThat(run("scrub").code()).as("the one after").isZero();
    try (TestRegistry registry = TestRegistry.start(data)) {
      new MixedContent(registry).push();
      assertThat(new MixedContent(registry).answers()).isEqualTo(answers);
    }
  }

  private List<String> damaged() {
    return stored.query("SELECT digest FROM blob WHERE damaged");
  }

  private String location(String digest) {
    return stored.query("SELECT location FROM blob WHERE digest = '" + digest + "'").getFirst();
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void rebuildGoesOn() {
    List<List<String>> rows = rows();
    int unfinished = 0;
    for (String moment : MOMENTS) {
      stored.dropDatabase();
      Process rebuild = ChildCommand.launch(data, Map.of(), "rebuild");
      try {
        Eventually.happens(
            "there are rows of " + moment, PATIENCE, () -> !rebuild.isAlive() || isFull(moment));
      } finally {
        rebuild.destroyForcibly().onExit().join();
      }
      if (isFull("setting")) {
        unfinished++;
        ChildCommand again = run("rebuild");
        assertThat(again.code()).as("after a kill at rows of %s: %s", moment, again).isZero();
      }
      assertThat(rows()).as("after a kill at rows of %s", moment).isEqualTo(rows);
    }
    assertThat(unfinished).as("kills in the middle").isPositive();
    try (TestRegistry registry = TestRegistry.start(data)) {
      assertThat(new MixedContent(registry).answers()).isEqualTo(answers);
    }
  }

  private List<List<String>> rows() {
    return TABLES.stream().map(stored::query).toList();
  }

  /** Tells whether a table has rows; it may not be there yet. */
  private boolean isFull(String table) {
    try {
      return !stored
          .query(
              table.equals("setting")
                  ? "SELECT 1 FROM setting WHERE name = 'rebuild'"
                  : "SELECT 1 FROM " + table)
          .isEmpty();
    } catch (IllegalStateException e) {
      return false;
    }
  }
}
