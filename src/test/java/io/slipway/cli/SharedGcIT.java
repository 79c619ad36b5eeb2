package io.slipway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildCommand;
import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.PushClient;
import io.slipway.testing.Signal;
import java.net.http.HttpResponse;
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

/** The command beside a registry whose stores many nodes may share. */
@OneProfile("makes shared stores for itself, and wrong ones")
class SharedGcIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final byte[] CONFIG = "{}".getBytes(UTF_8);
  private static final byte[] LAYER = PushClient.bytes(1, 1000);
  private static final byte[] LOOSE = PushClient.bytes(2, 1000);
  private static final byte[] IMAGE = PushClient.manifest(CONFIG, LAYER);
  private static final String[] COLLECT = {"gc", "--delete", "--grace", "0s"};
  private static final int MANY = 400;

  /** Each repository is a transaction of a collection. */
  private static final String MANY_LINKS =
      """
      INSERT INTO repository SELECT 'many/' || n, 0 FROM generate_series(1, %d) n;
      INSERT INTO link SELECT 'many/' || n, (SELECT digest FROM link LIMIT 1), 0
      FROM generate_series(1, %d) n
      """
          .formatted(MANY, MANY);

  private static final String WAITS =
      """
      SELECT pid FROM pg_stat_activity WHERE datname = current_database()
      AND wait_event_type = 'Lock' AND query LIKE '%FROM link%FOR UPDATE SKIP LOCKED%'
      AND pid <> pg_backend_pid()
      """;
  private static final String LEASE =
      "SELECT holder || ' ' || token || ' ' || until FROM lease WHERE name = 'gc'";

  @TempDir Path data;
  private final PostgresServer postgres = PostgresServer.shared();
  private final Map<String, String> settings = new HashMap<>();
  private FakeS3 s3;
  private String database;

  @BeforeEach
  void makeStores() {
    s3 = new FakeS3();
    database = postgres.createDatabase().database();
    String[] bucket =
        s3.settings(
            "storage.s3.prefix",
            "one/",
            "database.url",
            postgres.text(database),
            "storage.delete_after",
            "0s",
            "gc.enabled",
            "false");
    for (int i = 0; i < bucket.length; i += 2) {
      settings.put(bucket[i], bucket[i + 1]);
    }
  }

  @AfterEach
  void close() {
    s3.close();
  }

  /** Pushes an image and a blob that nothing names; then the blobs are where they stay. */
  private void push(ChildRegistry registry) {
    PushClient client = registry.client();
    for (byte[] blob : List.of(CONFIG, LAYER, LOOSE)) {
      assertThat(client.pushBlob("app", blob).statusCode()).isEqualTo(201);
    }
    assertThat(client.pushManifest("app", "latest", IMAGE).statusCode()).isEqualTo(201);
    Eventually.happens(
        "blobs are at home",
        () -> rows("SELECT digest FROM blob WHERE location LIKE 'uploads/%'").isEmpty());
  }

  private List<String> rows(String sql) {
    return postgres.query(database, sql);
  }

  private ChildCommand collect(Map<String, String> others) {
    Map<String, String> all = new HashMap<>(settings);
    all.putAll(others);
    return ChildCommand.end(ChildCommand.launch(data, all, COLLECT));
  }

  private int status(ChildRegistry registry, byte[] blob) {
    return registry.client().blob("app", PushClient.digest(blob)).statusCode();
  }

  @Test
  void touchesNothingOfStoresThatAreNotItsOwn() {
    try (ChildRegistry registry = ChildRegistry.start(data, settings)) {
      push(registry);
      List<String> keys = s3.keys();
      List<String> blobs = rows("SELECT digest || location FROM blob");
      String unused = postgres.text(postgres.createDatabase().database());
      refuses(Map.of("storage.s3.prefix", "other/"), "has never used it");
      refuses(Map.of("storage.s3.bucket", "none"), "");
      refuses(Map.of("database.url", unused), "no registry has used this database yet");
      refuses(Map.of("database.url", "postgresql://postgres@127.0.0.1:1/none"), "");
      assertThat(s3.keys()).isEqualTo(keys);
      assertThat(rows("SELECT digest || location FROM blob")).isEqualTo(blobs);
      assertThat(rows("SELECT location FROM trash WHERE location LIKE 'blobs/%'")).isEmpty();
      assertThat(rows("SELECT digest FROM link")).hasSize(3);

      assertThat(collect(Map.of()))
          .isEqualTo(new ChildCommand(0, "Deleted 1 blob, reclaimed 1.0 kB\n", ""));
      assertThat(status(registry, LOOSE)).isEqualTo(404);
      assertThat(status(registry, LAYER)).isEqualTo(200);
    }
  }

  private void refuses(Map<String, String> wrong, String reason) {
    ChildCommand refused = collect(wrong);
    assertThat(refused.code()).as("%s", refused).isEqualTo(1);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).contains("registry: tried to ").contains(reason);
  }

  /** Begins a collection, and stops it in its transaction that deletes a link. */
  private Process stoppedInTheMiddle() throws SQLException {
    Process command;
    try (Connection connection = postgres.connect(database);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      // Those who read get on, those who lock rows wait.
      statement.execute("LOCK TABLE link IN EXCLUSIVE MODE");
      command = ChildCommand.launch(data, settings, COLLECT);
      Eventually.happens("it waits for the table", PATIENCE, () -> !rows(WAITS).isEmpty());
      Signal.stop(command.pid());
      connection.rollback();
    }
    return command;
  }

  @Test
  void leavesTheLeaseToItsHolderWhenAServerStarts() throws SQLException {
    try (ChildRegistry registry = ChildRegistry.start(data, settings)) {
      push(registry);
      assertThat(registry.stop()).isZero();
    }
    Process command = stoppedInTheMiddle();
    try {
      List<String> lease = rows(LEASE);
      assertThat(lease).hasSize(1).noneMatch(row -> row.endsWith(" 0"));
      try (ChildRegistry registry = ChildRegistry.start(data, settings)) {
        assertThat(rows(LEASE)).isEqualTo(lease);
        command.destroyForcibly();
        // Nobody renews the lease of the dead: it is free when its time is over.
        assertThat(told(registry.client().send("POST", "/_gc?grace=0s")))
            .contains("\"deletedLayers\":1,");
        assertThat(status(registry, LAYER)).isEqualTo(200);
      }
    } finally {
      command.destroyForcibly();
    }
  }

  private static String told(HttpResponse<byte[]> answer) {
    return new String(answer.body(), UTF_8);
  }

  @Test
  void deletesNothingWhenItWakesAfterAnotherTookOver() throws SQLException {
    try (ChildRegistry registry = ChildRegistry.start(data, settings)) {
      push(registry);
      Process command = stoppedInTheMiddle();
      try {
        assertThat(told(registry.client().send("POST", "/_gc?grace=0s")))
            .contains("\"deletedLayers\":1,");
        byte[] other = PushClient.manifest(CONFIG, LOOSE);
        assertThat(registry.client().pushBlob("app", LOOSE).statusCode()).isEqualTo(201);
        assertThat(registry.client().pushManifest("app", "other", other).statusCode())
            .isEqualTo(201);

        Signal.wake(command.pid());
        ChildCommand late = ChildCommand.end(command);

        assertThat(late.code()).as("%s", late).isEqualTo(1);
        assertThat(late.out()).isEmpty();
        for (byte[] blob : List.of(CONFIG, LAYER, LOOSE)) {
          assertThat(status(registry, blob)).isEqualTo(200);
        }
      } finally {
        command.destroyForcibly();
      }
    }
  }

  @Test
  void endsWhenAnotherTookItsLease() throws SQLException {
    try (ChildRegistry registry = ChildRegistry.start(data, settings)) {
      push(registry);
      postgres.execute(database, MANY_LINKS);
      Process command = ChildCommand.launch(data, settings, COLLECT);
      try {
        Eventually.happens("it deletes", PATIENCE, () -> left() < MANY - 10);
        postgres.execute(database, "UPDATE lease SET until = 0");
        HttpResponse<byte[]> taken = registry.client().send("POST", "/_gc?grace=0s");
        ChildCommand first = ChildCommand.end(command);
        assertThat(first.code()).as("%s", first).isEqualTo(1);
        assertThat(first.err()).contains("somebody else has taken it");
        assertThat(taken.statusCode()).isIn(200, 202);
        Eventually.happens("all of it is gone", PATIENCE, () -> left() == 0);
        assertThat(status(registry, LAYER)).isEqualTo(200);
      } finally {
        command.destroyForcibly();
      }
    }
  }

  private long left() {
    return Long.parseLong(rows("SELECT count(*) FROM link WHERE repo LIKE 'many/%'").getFirst());
  }
}
