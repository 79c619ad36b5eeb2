package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one node is at, seen and ended by another one. */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
class RunsOfOthersIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private static Path folder;
  private static ClusterNodes cluster;
  private static PushClient worker;
  private static PushClient other;

  @BeforeAll
  static void start() {
    cluster = ClusterNodes.start(folder, 2);
    cluster.awaitMembers(0, 2, PATIENCE);
    worker = cluster.client(0);
    other = cluster.client(1);
  }

  @AfterAll
  static void end() {
    cluster.close();
  }

  private static JsonObject object(int status, HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).isEqualTo(status);
    return new JsonObject(Buffer.buffer(answer.body()));
  }

  private static void awaitStatus(PushClient client, String run, String status) {
    Eventually.happens(
        "it is " + status,
        PATIENCE,
        () -> object(200, client.send("GET", run)).getString("status").equals(status));
  }

  @Test
  void seesAndEndsACollection() {
    cluster.execute(
        "INSERT INTO lease (name, holder, token, until) VALUES ('gc', 'test', 1, "
            + (System.currentTimeMillis() + 70_000)
            + ")");
    String run = PushClient.path(worker.send("POST", "/_gc?wait=0s"));
    JsonObject running = object(200, other.send("GET", run));
    assertThat(running.getString("status")).isEqualTo("running");
    assertThat(running).isEqualTo(object(200, worker.send("GET", run)));
    // It may have ended before it is looked at again.
    assertThat(other.send("DELETE", run).statusCode()).isIn(200, 202);
    awaitStatus(worker, run, "cancelled");
    awaitStatus(other, run, "cancelled");
    assertThat(object(200, other.send("DELETE", run)))
        .as("nothing happens to one that has ended")
        .isEqualTo(object(200, worker.send("GET", run)));
    assertThat(other.send("GET", "/_gc/runs/none").statusCode()).isEqualTo(404);

    cluster.execute("UPDATE lease SET until = 0");
    byte[] garbage = PushClient.bytes(1, 1000);
    worker.pushBlob("app", garbage);
    String whole = PushClient.path(worker.send("POST", "/_gc?wait=0s&grace=0s&verbose=true"));
    awaitStatus(other, whole, "completed");
    JsonObject done = object(200, other.send("GET", whole));
    assertThat(done).isEqualTo(object(200, worker.send("GET", whole)));
    assertThat(done.getJsonArray("details").getJsonObject(0).getString("digest"))
        .isEqualTo(PushClient.digest(garbage).text());
  }

  @Test
  void seesJoinsAndEndsAScrub() {
    worker.pushBlob("app", PushClient.bytes(2, 1 << 20));
    String path = "/_scrub?rate=1KiB";
    String run = PushClient.path(worker.send("POST", path));
    HttpResponse<byte[]> joined = other.send("POST", path);
    assertThat(object(202, joined).getString("status")).isEqualTo("running");
    assertThat(PushClient.path(joined)).isEqualTo(run);
    assertThat(other.send("POST", path + "&dry_run=true").statusCode()).isEqualTo(409);
    assertThat(other.send("POST", path + "&restart=true").statusCode()).isEqualTo(409);
    // It may have ended before it is looked at again.
    assertThat(other.send("DELETE", run).statusCode()).isIn(200, 202);
    awaitStatus(worker, run, "cancelled");
    awaitStatus(other, run, "cancelled");

    String next = PushClient.path(other.send("POST", "/_scrub?dry_run=true&rate=1GiB"));
    assertThat(next).isNotEqualTo(run);
    awaitStatus(worker, next, "completed");
    assertThat(object(200, worker.send("GET", next)))
        .isEqualTo(object(200, other.send("GET", next)));
  }
}
