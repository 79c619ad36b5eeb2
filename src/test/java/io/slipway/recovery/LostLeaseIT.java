package io.slipway.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildCommand;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.S3Fault;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rebuild that another may have taken the place of, in the middle of its work. */
@OneProfile("on a PostgreSQL and a bucket of its own")
class LostLeaseIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final List<String> TABLES =
      List.of(
          "SELECT digest || size FROM blob ORDER BY 1",
          "SELECT repo || digest || media_type FROM manifest ORDER BY 1",
          "SELECT repo || manifest || digest || kind FROM reference ORDER BY 1",
          "SELECT repo || name || digest || version FROM tag ORDER BY 1");

  private static final String UNSETTLED =
      "SELECT digest FROM blob WHERE location LIKE 'uploads/%' UNION ALL SELECT repo FROM copy_due";

  private final PostgresServer postgres = PostgresServer.shared();
  private final String lost = postgres.createDatabase().database();
  private final String fresh = postgres.createDatabase().database();
  private final FakeS3 bucket = new FakeS3();

  @TempDir Path data;

  @BeforeEach
  void fill() {
    try (TestRegistry registry =
        TestRegistry.start(data, bucket.settings("database.url", postgres.text(lost)))) {
      new MixedContent(registry).push();
      Eventually.happens(
          "blobs are at home and copies are written",
          () -> postgres.query(lost, UNSETTLED).isEmpty());
    }
  }

  @AfterEach
  void end() {
    bucket.close();
  }

  private Process launch() {
    Map<String, String> settings = new HashMap<>();
    String[] all = bucket.settings("database.url", postgres.text(fresh));
    for (int i = 0; i < all.length; i += 2) {
      settings.put(all[i], all[i + 1]);
    }
    return ChildCommand.launch(data, settings, "rebuild");
  }

  private List<List<String>> rows(String database) {
    return TABLES.stream().map(sql -> postgres.query(database, sql)).toList();
  }

  @Test
  void endsARebuildThatSaysSo() throws SQLException {
    S3Fault manifests = bucket.hold("^GET \\?.*prefix=manifests", 1);
    Process rebuild = launch();
    try {
      Eventually.happens("it comes to the manifests", PATIENCE, () -> manifests.hits() == 1);
      takeLease();
      manifests.lift();
      ChildCommand ended = ChildCommand.end(rebuild);
      assertThat(ended.code()).as("%s", ended).isEqualTo(1);
      assertThat(ended.out()).doesNotContain("Rebuilt ", "reading tags/");
      assertThat(ended.err())
          .startsWith("registry: tried to rebuild the database but ")
          .endsWith("another rebuild may be at it: run it again\n")
          .doesNotContain("\tat ");
    } finally {
      rebuild.destroyForcibly();
      manifests.lift();
    }
    assertThat(rows(fresh).getFirst()).isNotEmpty();
    assertThat(rows(fresh).subList(1, TABLES.size())).as("what came later").allMatch(List::isEmpty);
    assertThat(postgres.query(fresh, "SELECT holder FROM lease WHERE name = 'rebuild'"))
        .as("it gives free only what it has")
        .containsExactly("other");
    assertThat(postgres.query(fresh, "SELECT 1 FROM setting WHERE name = 'rebuild'"))
        .as("no server starts on it")
        .hasSize(1);
    goesOn();
  }

  private void goesOn() {
    postgres.execute(fresh, "UPDATE lease SET until = 0");
    ChildCommand again = ChildCommand.end(launch());
    assertThat(again.code()).as("%s", again).isZero();
    assertThat(rows(fresh)).isEqualTo(rows(lost));
  }

  /** Takes the lease as another would, and returns after the process has asked for it in vain. */
  private void takeLease() throws SQLException {
    try (Connection other = postgres.connect(fresh);
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.executeUpdate(
          "UPDATE lease SET holder = 'other', token = token + 1, until = 9000000000000"
              + " WHERE name = 'rebuild'");
      Eventually.happens("it renews the lease", PATIENCE, () -> isWaiting());
      other.commit();
      Eventually.happens("it was told that it has none", () -> !isWaiting());
    }
  }

  private boolean isWaiting() {
    return !postgres
        .query(
            "postgres",
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '"
                + fresh
                + "'")
        .isEmpty();
  }
}
