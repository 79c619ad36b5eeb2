package io.slipway.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildCommand;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.S3Fault;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two scrubs of one registry at the same time, where only the lease keeps them apart. */
@OneProfile("on a PostgreSQL and a bucket of its own")
class TwoScrubsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String RUNS = "SELECT status FROM run WHERE kind = 'scrub'";

  private final PostgresServer postgres = PostgresServer.shared();
  private final String database = postgres.createDatabase().database();
  private final FakeS3 bucket = new FakeS3();
  private final String[] settings = bucket.settings("database.url", postgres.text(database));

  @TempDir Path data;
  @TempDir Path elsewhere;

  @BeforeEach
  void fill() {
    try (TestRegistry registry = TestRegistry.start(data, settings)) {
      new MixedContent(registry).push();
      Eventually.happens(
          "blobs are at home",
          () -> rows("SELECT digest FROM blob WHERE location LIKE 'uploads/%'").isEmpty());
    }
  }

  @AfterEach
  void end() {
    bucket.close();
  }

  private List<String> rows(String sql) {
    return postgres.query(database, sql);
  }

  private Process launch(Path folder) {
    Map<String, String> all = new HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    return ChildCommand.launch(folder, all, "scrub");
  }

  @Test
  void comeOneAfterTheOther() throws IOException {
    Files.copy(data.resolve("storage.id"), elsewhere.resolve("storage.id"));
    S3Fault blobs = bucket.hold("^GET blobs/", 100);
    Process first = launch(data);
    Process second = null;
    try {
      Eventually.happens("the first reads a blob", PATIENCE, () -> blobs.hits() > 0);
      second = launch(elsewhere);
      awaitOneThatAsksInVain();
      assertThat(rows(RUNS)).containsExactly("running");
      blobs.lift();
      requireWhole(ChildCommand.end(first));
      requireWhole(ChildCommand.end(second));
    } finally {
      blobs.lift();
      first.destroyForcibly();
      if (second != null) {
        second.destroyForcibly();
      }
    }
    assertThat(rows(RUNS)).containsExactly("completed", "completed");
    assertThat(rows("SELECT token FROM lease WHERE name = 'scrub'")).containsExactly("2");
  }

  /**
   * Waits until somebody has asked for the lease that another one has: that locks its row, and a
   * renewal, which makes a new one, may look like it once in three seconds.
   */
  private void awaitOneThatAsksInVain() {
    Set<String> asked = new HashSet<>();
    Eventually.happens(
        "the other one asks for the lease",
        PATIENCE,
        () -> {
          asked.addAll(rows("SELECT xmax FROM lease WHERE name = 'scrub' AND xmax::text <> '0'"));
          return asked.size() >= 4;
        });
  }

  private static void requireWhole(ChildCommand ended) {
    assertThat(ended.code()).as("%s", ended).isZero();
    assertThat(ended.out()).contains("0 damaged", "0 unreadable");
  }
}
