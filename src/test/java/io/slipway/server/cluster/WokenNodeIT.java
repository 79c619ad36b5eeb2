package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.Signal;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that slept while policies, robots and accounts were changed obeys that when it wakes. */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
@Timeout(600)
class WokenNodeIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** The second of R5.2, and half a one for a machine that is busy. */
  private static final Duration OBEYED = Duration.ofMillis(1500);

  private static final int SLEEPER = 1;

  /** So is the name in the database of the node that sleeps. */
  private static final String ROLE = "sleeping_node";

  private static final String PASSWORD = "open sesame";
  private static final String POLICY = "{\"repository\":\"%s\",\"user\":\"%s\",\"permissions\":%s}";

  @TempDir private static Path folder;
  private static ClusterNodes cluster;

  @BeforeAll
  static void start() {
    PostgresServer.shared().execute("CREATE ROLE " + ROLE + " SUPERUSER LOGIN");
    cluster = ClusterNodes.start(folder, 2, WokenNodeIT::settings);
    cluster.awaitAll(PATIENCE);
  }

  private static void settings(Map<String, String> settings, int node) {
    settings.put("auth.mode", "basic");
    settings.put("auth.admin.password", PASSWORD);
    settings.put("auth.bcrypt_cost", "4");
    if (node == SLEEPER) {
      String url = String.valueOf(settings.get("database.url"));
      settings.put("database.url", url.replace("postgres@", ROLE + "@"));
    }
  }

  @AfterAll
  static void end() {
    cluster.close();
    PostgresServer.shared().execute("DROP ROLE " + ROLE);
  }

  /** What the sleeping node lets somebody do, and must not any more. */
  private record Right(AccessClient of, String method, String path, int had, int lost) {
    int status() {
      return of.status(method, path);
    }
  }

  private static AccessClient admin() {
    return new AccessClient(cluster.client(0), "admin", PASSWORD);
  }

  private static AccessClient sleeping(String name, String password) {
    return new AccessClient(cluster.client(SLEEPER), name, password);
  }

  private static List<Right> given(String name) {
    AccessClient admin = admin();
    for (String user : List.of("pusher", "leaver")) {
      admin.done(201, "PUT", "users/" + user + name, "{\"password\":\"" + PASSWORD + "\"}");
    }
    admin.done(
        201, "POST", "policies", POLICY.formatted(name, "pusher" + name, "[\"pull\",\"push\"]"));
    admin.done(201, "POST", "robots", "{\"name\":\"robot" + name + "\"}");
    JsonObject key = admin.done(201, "POST", "robots/robot" + name + "/keys", "{}");
    String uploads = "/v2/" + name + "/blobs/uploads/";
    List<Right> rights =
        List.of(
            new Right(sleeping("pusher" + name, PASSWORD), "POST", uploads, 202, 403),
            new Right(sleeping("leaver" + name, PASSWORD), "GET", "/v2/", 200, 401),
            new Right(sleeping("robot" + name, key.getString("key")), "GET", "/v2/", 200, 401));
    // All that was made has one version.
    Eventually.happens("the robot is known", () -> rights.getLast().status() == 200);
    assertThat(rights).allMatch(right -> right.status() == right.had());
    return rights;
  }

  private static void take(String name) {
    AccessClient admin = admin();
    admin.done(200, "PUT", "policies", POLICY.formatted(name, "pusher" + name, "[\"pull\"]"));
    admin.done(204, "DELETE", "users/leaver" + name, "");
    admin.done(204, "DELETE", "robots/robot" + name, "");
  }

  private static void requireObeyedSoonAfterWaking(List<Right> rights) {
    long begun = System.nanoTime();
    Signal.wake(cluster.node(SLEEPER).pid());
    for (Right right : rights) {
      Eventually.happens(right + " is lost", () -> right.status() == right.lost());
    }
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    System.out.println("obeyed " + took.toMillis() + " ms after waking");
    assertThat(took).isLessThan(OBEYED);
  }

  /** When it wakes it is not in the cluster any more, and its connections are old. */
  @Test
  void obeysWhatChangedWhileItWasOut() {
    List<Right> rights = given("out");
    Signal.stop(cluster.node(SLEEPER).pid());
    try {
      cluster.awaitMembers(0, 1, PATIENCE);
      take("out");
      requireObeyedSoonAfterWaking(rights);
    } finally {
      Signal.wake(cluster.node(SLEEPER).pid());
    }
    cluster.awaitAll(PATIENCE);
  }

  /** What it finds when it wakes is an answer of before the change. */
  @Test
  void obeysWhatChangedInTheMiddleOfALook() throws Exception {
    List<Right> rights = given("look");
    try (Connection connection = PostgresServer.shared().connect(cluster.database());
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE setting IN ACCESS EXCLUSIVE MODE");
      Eventually.happens("it looks", WokenNodeIT::isLooking);
      Signal.stop(cluster.node(SLEEPER).pid());
      connection.rollback();
      take("look");
      requireObeyedSoonAfterWaking(rights);
    } finally {
      Signal.wake(cluster.node(SLEEPER).pid());
    }
    cluster.awaitAll(PATIENCE);
  }

  /** Its sessions are gone, as a server ends them that idle, or one that was started again. */
  @Test
  void obeysWhatChangedThoughItsSessionsEnded() {
    List<Right> rights = given("ended");
    Signal.stop(cluster.node(SLEEPER).pid());
    try {
      take("ended");
      cluster.rows(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + ROLE + "'");
      requireObeyedSoonAfterWaking(rights);
    } finally {
      Signal.wake(cluster.node(SLEEPER).pid());
    }
    cluster.awaitAll(PATIENCE);
  }

  private static boolean isLooking() {
    return !cluster
        .rows(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE"
                + " '%''access''%' AND usename = '"
                + ROLE
                + "'")
        .isEmpty();
  }
}
