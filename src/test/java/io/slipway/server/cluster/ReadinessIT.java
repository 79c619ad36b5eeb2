package io.slipway.server.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.PushClient;
import io.slipway.testing.Signal;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node of a cluster says when it should not be asked, and others answer meanwhile. */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
@Timeout(600)
class ReadinessIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** So is the name in the database of the node that is cut off from it. */
  private static final String ROLE = "last_node";

  private static final int LAST = 2;
  private static final byte[] BLOB = PushClient.bytes(21, 100_000);

  @TempDir private static Path folder;
  private static ClusterNodes cluster;

  @BeforeAll
  @Timeout(600)
  static void start() {
    PostgresServer.shared().execute("CREATE ROLE " + ROLE + " SUPERUSER LOGIN");
    cluster = ClusterNodes.start(folder, 3, ReadinessIT::settings);
    cluster.awaitAll(PATIENCE);
    assertThat(cluster.client(0).pushBlob("app", BLOB).statusCode()).isEqualTo(201);
  }

  private static void settings(Map<String, String> settings, int node) {
    if (node == LAST) {
      String url = String.valueOf(settings.get("database.url"));
      settings.put("database.url", url.replace("postgres@", ROLE + "@"));
    }
  }

  @AfterAll
  static void end() {
    cluster.close();
    PostgresServer.shared().execute("DROP ROLE " + ROLE);
  }

  private static HttpResponse<byte[]> ready(int node) {
    return cluster.ops(node).send("GET", "/readyz");
  }

  private static boolean isReady(int node) {
    return ready(node).statusCode() == 200;
  }

  private static int pull(int node) {
    return cluster.client(node).blob("app", PushClient.digest(BLOB)).statusCode();
  }

  @Test
  void tellsThatItDoesNotReachTheDatabase() {
    Eventually.happens("it is ready", PATIENCE, () -> isReady(LAST));
    PostgresServer postgres = PostgresServer.shared();
    postgres.execute("ALTER ROLE " + ROLE + " NOLOGIN");
    try {
      postgres.query(
          cluster.database(),
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + ROLE + "'");
      Eventually.happens("it says so", PATIENCE, () -> !isReady(LAST));
      assertThat(new String(ready(LAST).body(), UTF_8)).contains("\"database\"");
      assertThat(cluster.ops(LAST).send("GET", "/livez").statusCode()).isEqualTo(200);
      assertThat(cluster.client(LAST).send("GET", "/readyz").statusCode()).isEqualTo(503);
      assertThat(pull(LAST)).isEqualTo(503);
      for (int node = 0; node < LAST; node++) {
        assertThat(isReady(node)).isTrue();
        assertThat(pull(node)).isEqualTo(200);
        assertThat(cluster.members(node)).isEqualTo(3);
      }
    } finally {
      postgres.execute("ALTER ROLE " + ROLE + " LOGIN");
    }
    Eventually.happens("it is ready again", PATIENCE, () -> isReady(LAST));
    Eventually.happens("it answers again", PATIENCE, () -> pull(LAST) == 200);
  }

  /** A node that was stopped was put out by the others, and comes back when it wakes. */
  @Test
  void tellsThatItIsJoiningAgain() {
    cluster.awaitAll(PATIENCE);
    Signal.stop(cluster.node(LAST).pid());
    try {
      cluster.awaitMembers(0, 2, PATIENCE);
      cluster.awaitMembers(1, 2, PATIENCE);
    } finally {
      Signal.wake(cluster.node(LAST).pid());
    }
    Eventually.happens(
        "it says so",
        PATIENCE,
        () -> {
          HttpResponse<byte[]> answer = ready(LAST);
          String text = answer.statusCode() + new String(answer.body(), UTF_8);
          assertThat(isReady(0)).isTrue();
          return text.startsWith("503") && text.contains("joining the cluster again");
        });
    cluster.awaitAll(PATIENCE);
    Eventually.happens("it is ready again", PATIENCE, () -> isReady(LAST));
    assertThat(pull(LAST)).isEqualTo(200);
  }
}
