package io.slipway.server;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.storage.RebuildOptions;
import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.PushClient;
import io.slipway.testing.S3Fault;
import io.slipway.testing.Signal;
import io.slipway.testing.TestRegistry;
import io.slipway.testing.WireConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that starts beside others joins them, and leaves alone what they are at. */
@OneProfile("its nodes share a database and a bucket of their own")
class NodesIT {
  private static final byte[] BLOB = PushClient.bytes(41, 12_000_000);
  private static final String LISTING = "prefix=(uploads|blobs)";
  private static final String ID = "storage.id";

  @TempDir private Path folder;
  private final FakeS3 s3 = new FakeS3().deletesMany(true);
  private String database = "";

  @BeforeEach
  void makesADatabase() {
    database = PostgresServer.shared().createDatabase().database();
  }

  @AfterEach
  void close() {
    s3.close();
  }

  private TestRegistry node(String name) throws IOException {
    Path data = Files.createDirectories(folder.resolve(name));
    return TestRegistry.start(
        data, s3.settings("database.url", PostgresServer.shared().text(database)));
  }

  private String id(String node) throws IOException {
    return Files.readString(folder.resolve(node).resolve(ID)).strip();
  }

  @Test
  void joinsTheRegistryOfItsDatabase() throws Exception {
    try (TestRegistry one = node("one");
        TestRegistry two = node("two")) {
      assertThat(id("two")).isEqualTo(id("one"));
      assertThat(new PushClient(one.port()).pushBlob("any", BLOB).statusCode()).isEqualTo(201);
      PushClient other = new PushClient(two.port());
      assertThat(other.blob("any", digest(BLOB)).body()).isEqualTo(BLOB);
    }
    node("one").close();
    node("three").close();
    assertThat(id("three")).isEqualTo(id("one"));
  }

  /** Else it would have two, and what lies in the first would be waste to it one day. */
  @Test
  void namesItselfAnewInAnotherBucket() throws Exception {
    S3Fault fault = s3.denied("^PUT databases/", 1000);
    assertThatThrownBy(() -> node("one")).isNotNull();
    assertThat(s3.keys()).as("the first bucket has its owner").hasSize(1);
    String first = s3.keys().getFirst();
    fault.lift();
    Path data = Files.createDirectories(folder.resolve("two"));
    String url = PostgresServer.shared().text(database);
    TestRegistry.start(data, s3.settings("database.url", url, "storage.s3.prefix", "other/"))
        .close();
    assertThat("owner/" + id("two")).isNotEqualTo(first);
    assertThat(s3.keys()).contains(first, "other/owner/" + id("two"));
  }

  /** As a clock leaves it that was years ahead when a node began to join, and is right again. */
  @Test
  void waitsForNobodyWhoCannotBeJoining() throws Exception {
    node("one").close();
    PostgresServer.shared()
        .execute(
            database,
            "UPDATE lease SET until = 9000000000000; INSERT INTO node (id, host, member, seen_at)"
                + " VALUES ('ahead', 'h', '', 9000000000000)");
    node("two").close();
    assertThat(id("two")).isEqualTo(id("one"));
    Path command = Files.createDirectories(folder.resolve("command"));
    String[] settings = s3.settings("database.url", PostgresServer.shared().text(database));
    assertThat(
            RebuildProcess.rebuild(
                TestRegistry.config(command, settings),
                new RebuildOptions(false, false, false),
                false,
                line -> {}))
        .as("no node works on it")
        .isZero();
  }

  /** As kill -9 between two steps leaves it; any node goes on. */
  @Test
  void goesOnWithAFirstStartThatDidNotEnd() throws Exception {
    S3Fault fault = s3.denied("^PUT databases/", 1000);
    assertThatThrownBy(() -> node("one")).isNotNull();
    assertThat(s3.keys()).as("the bucket has its owner").hasSize(1);
    fault.lift();
    node("two").close();
    node("one").close();
    assertThat(id("one")).isEqualTo(id("two"));
    assertThat(s3.keys()).contains("owner/" + id("one"));
  }

  @Test
  void keepsACopyOfTheDatabaseFromTheBucket() throws Exception {
    node("one").close();
    String copy = PostgresServer.shared().createDatabase().database();
    String original = database;
    database = copy;
    try (FakeS3 elsewhere = new FakeS3()) {
      // Its schema, and then what it says.
      TestRegistry.start(
              Files.createDirectory(folder.resolve("elsewhere")),
              elsewhere.settings("database.url", PostgresServer.shared().text(copy)))
          .close();
    }
    PostgresServer.shared()
        .execute(copy, "UPDATE setting SET value = '" + id("one") + "' WHERE name = 'storage'");
    assertThatThrownBy(() -> node("new")).rootCause().hasMessageContaining("copy for a test");
    assertThat(folder.resolve("new").resolve(ID)).doesNotExist();
    // Moved for good: the operator says so.
    Files.writeString(folder.resolve("new").resolve(ID), id("one"));
    node("new").close();
    node("newer").close();
    database = original;
    node("one").close();
  }

  @Test
  void endsNoUploadOfAnother() throws Exception {
    try (TestRegistry one = node("one")) {
      PushClient client = new PushClient(one.port());
      String session = client.start("any");
      try (WireConnection first = WireConnection.open(one.port())) {
        first.head("PATCH", session, "Content-Length", Integer.toString(BLOB.length));
        first.send(BLOB, 0, BLOB.length / 2);
        Eventually.happens("a batch is stored", () -> client.received(session) > 1);
        try (TestRegistry two = node("two")) {
          first.send(BLOB, BLOB.length / 2, BLOB.length - BLOB.length / 2);
          assertThat(first.read().status()).isEqualTo(202);
          PushClient other = new PushClient(two.port());
          assertThat(other.received(session)).isEqualTo(BLOB.length);
          assertThat(other.finish(session, digest(BLOB), new byte[0]).statusCode()).isEqualTo(201);
          assertThat(client.blob("any", digest(BLOB)).body()).isEqualTo(BLOB);
        }
      }
    }
  }

  @Test
  void takesNoDeliveryFromAnother() throws Exception {
    try (TestRegistry one = node("one")) {
      assertThat(one.port()).isPositive();
      PostgresServer.shared()
          .execute(
              database,
              "INSERT INTO delivery (subscriber, event_id, type, payload, created_at, next_at)"
                  + " VALUES ('another', 'e', 't', '{}', 0, 9000000000000)");
      node("two").close();
    }
    assertThat(PostgresServer.shared().query(database, "SELECT next_at FROM delivery"))
        .containsExactly("9000000000000");
  }

  @Test
  void refusesARebuildBesideANode() throws Exception {
    RebuildOptions options = new RebuildOptions(false, false, false);
    Path other = Files.createDirectories(folder.resolve("command"));
    RegistryConfig config =
        TestRegistry.config(
            other, s3.settings("database.url", PostgresServer.shared().text(database)));
    try (TestRegistry one = node("one")) {
      new PushClient(one.port()).pushBlob("any", BLOB);
      String node = Files.readString(folder.resolve("one/node.id")).strip();
      assertThatThrownBy(() -> RebuildProcess.rebuild(config, options, false, line -> {}))
          .hasMessageContaining("tried to rebuild the database but nodes work on it: " + node)
          .hasMessageContaining("--force");
      assertThat(
              PostgresServer.shared()
                  .query(database, "SELECT 1 FROM setting WHERE name = 'rebuild'"))
          .as("nothing was begun")
          .isEmpty();
      assertThatThrownBy(() -> RebuildProcess.rebuild(config, options, true, line -> {}))
          .hasMessageContaining("not empty");
    }
    assertThatThrownBy(() -> RebuildProcess.rebuild(config, options, false, line -> {}))
        .as("nobody is left")
        .hasMessageContaining("not empty");
    // As kill -9 leaves it, for a while.
    PostgresServer.shared()
        .execute(
            database,
            "INSERT INTO node (id, host, member, seen_at) SELECT 'dead', 'h', '', until FROM"
                + " (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint - 10000 AS"
                + " until) t");
    assertThatThrownBy(() -> RebuildProcess.rebuild(config, options, false, line -> {}))
        .hasMessageContaining("dead (h, heard of 1");
    PostgresServer.shared().execute(database, "UPDATE node SET seen_at = seen_at - 30000");
    assertThatThrownBy(() -> RebuildProcess.rebuild(config, options, false, line -> {}))
        .hasMessageContaining("not empty");
  }

  /** It would collect what has not been brought back yet, and answer 404 for all of it. */
  @Test
  void endsWhenItWakesAndTheDatabaseIsBeingRebuilt() throws Exception {
    Map<String, String> settings = new HashMap<>();
    String[] pairs = s3.settings("database.url", PostgresServer.shared().text(database));
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put(pairs[i], pairs[i + 1]);
    }
    try (ChildRegistry sleeper =
        ChildRegistry.start(Files.createDirectories(folder.resolve("one")), settings)) {
      sleeper.client().pushBlob("any", BLOB);
      Signal.stop(sleeper.pid());
      try {
        // What half a minute would do.
        PostgresServer.shared().execute(database, "UPDATE node SET seen_at = seen_at - 40000");
        PostgresServer.shared()
            .execute(
                database,
                "INSERT INTO setting (name, value, version) VALUES ('rebuild', 'begun', 1)");
      } finally {
        Signal.wake(sleeper.pid());
      }
      Eventually.happens("it ended", () -> !sleeper.isAlive());
      assertThat(sleeper.output()).contains("tried to go on but the database is being rebuilt");
    }
  }

  @Test
  void takesUpWhatItDeliveredBeforeItDied() throws Exception {
    node("one").close();
    String node = Files.readString(folder.resolve("one/node.id")).strip();
    for (String taker : new String[] {node, "another"}) {
      PostgresServer.shared()
          .execute(
              database,
              "INSERT INTO delivery (subscriber, event_id, type, payload, created_at, next_at,"
                  + " taken_by) VALUES ('copies', '"
                  + taker
                  + "', 'blob.deleted', '{}', 0, 9000000000000, '"
                  + taker
                  + "')");
    }
    try (TestRegistry one = node("one")) {
      assertThat(one.port()).isPositive();
      Eventually.happens(
          "its own is delivered",
          () ->
              PostgresServer.shared()
                  .query(database, "SELECT event_id FROM delivery")
                  .equals(List.of("another")));
    }
  }

  /** Looking through the bucket costs as much as it is large: once a day is enough for all. */
  @Test
  void doesNotListTheBucketAgain() throws Exception {
    try (TestRegistry one = node("one")) {
      assertThat(one.port()).isPositive();
      Eventually.happens("the bucket was listed", () -> isListed());
      long before = s3.count(LISTING);
      try (TestRegistry two = node("two")) {
        new PushClient(two.port()).pushBlob("any", BLOB);
        Eventually.happens(
            "a later job of the second has run",
            () ->
                PostgresServer.shared()
                        .query(database, "SELECT location FROM blob WHERE location LIKE 'blobs/%'")
                        .size()
                    == 1);
        assertThat(s3.count(LISTING)).isEqualTo(before);
      }
    }
  }

  private boolean isListed() {
    return s3.count(LISTING) >= 4;
  }

  @Test
  void goesOnAtOnceWithWhatItWroteBeforeItDied() throws Exception {
    byte[] half = Arrays.copyOf(BLOB, BLOB.length / 2);
    String session;
    try (TestRegistry one = node("one")) {
      PushClient client = new PushClient(one.port());
      session = client.start("any");
      assertThat(client.patch(session, 0, half).statusCode()).isEqualTo(202);
    }
    String node = Files.readString(folder.resolve("one/node.id")).strip();
    // As kill -9 in a PATCH leaves it.
    PostgresServer.shared()
        .execute(database, "UPDATE upload SET writer = '" + node + "', beat_at = beat_at + 60000");
    byte[] rest = Arrays.copyOfRange(BLOB, half.length, BLOB.length);
    try (TestRegistry one = node("one")) {
      PushClient client = new PushClient(one.port());
      assertThat(client.patch(session, half.length, rest).statusCode()).isEqualTo(202);
    }
  }
}
