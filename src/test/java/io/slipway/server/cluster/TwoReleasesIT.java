package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.WireConnection;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that speaks the next version of each message, beside one that does not. */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
class TwoReleasesIT {
  private static final int OLD = 0;
  private static final int NEW = 1;
  private static final byte[] BLOB = PushClient.bytes(9, 300_000);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private static Path folder;
  private static ClusterNodes cluster;

  @BeforeAll
  static void start() throws IOException {
    String newer = NewerRelease.classPath(folder.resolve("newer"));
    cluster = ClusterNodes.start(folder, List.of(System.getProperty("java.class.path"), newer));
    cluster.awaitMembers(OLD, 2, PATIENCE);
    cluster.awaitMembers(NEW, 2, PATIENCE);
  }

  @AfterAll
  static void end() {
    cluster.close();
  }

  private static double refused(int node) {
    return cluster.metric(node, "slipway_cluster_messages_refused_total");
  }

  /** Says so once for each kind, and never as if something were wrong. */
  private static void requirePolite(int node, String address) {
    String output = cluster.node(node).output();
    assertThat(output.lines().filter(line -> line.contains("refused a message on " + address)))
        .hasSize(1)
        .allMatch(line -> line.contains("INFO"));
    assertThat(output.lines().filter(line -> line.contains(" ERROR "))).isEmpty();
  }

  @Test
  void tellEachOtherOfEventsInVainAndMissNone() {
    for (int node : List.of(OLD, NEW)) {
      double before = refused(1 - node);
      PushClient client = cluster.client(node);
      byte[] config = PushClient.bytes(20 + node, 100);
      client.pushBlob("app", config);
      assertThat(client.pushManifest("app", "v" + node, PushClient.manifest(config)).statusCode())
          .isEqualTo(201);
      Eventually.happens("the other one refused", () -> refused(1 - node) > before);
      requirePolite(1 - node, "event.look");
      assertThat(cluster.client(1 - node).send("GET", "/v2/app/manifests/v" + node).statusCode())
          .isEqualTo(200);
    }
    Eventually.happens(
        "all events were handled",
        PATIENCE,
        () ->
            cluster
                .rows(
                    "SELECT 1 FROM outbox UNION ALL SELECT 1 FROM delivery UNION ALL SELECT 1 FROM"
                        + " copy_due")
                .isEmpty());
  }

  @Test
  void goOnWithEachOthersUploads() {
    for (int node : List.of(OLD, NEW)) {
      PushClient other = cluster.client(1 - node);
      String session = cluster.client(node).start("app");
      assertThat(cluster.client(node).patch(session, 0, part(0, 1000)).statusCode()).isEqualTo(202);
      try (WireConnection hanging =
          WireConnection.open(cluster.node(node).port())
              .head("PATCH", session, "Content-Length", String.valueOf(BLOB.length - 1000))) {
        String id = session.substring(session.lastIndexOf('/') + 1);
        Eventually.happens("it is being written", () -> cluster.writing(id));
        AtomicLong from = new AtomicLong(1000);
        Eventually.happens(
            "its row lets the other one in",
            PATIENCE,
            () -> {
              HttpResponse<byte[]> answer =
                  other.patch(session, from.get(), part((int) from.get(), BLOB.length));
              assertThat(answer.statusCode()).isIn(202, 416);
              from.set(PushClient.received(answer));
              return answer.statusCode() == 202;
            });
        assertThat(hanging).isNotNull();
      }
      assertThat(other.finish(session, PushClient.digest(BLOB), new byte[0]).statusCode())
          .isEqualTo(201);
      assertThat(cluster.client(node).blob("app", PushClient.digest(BLOB)).body()).isEqualTo(BLOB);
      assertThat(cluster.metric(1 - node, "slipway_upload_yields_total{outcome=\"refused\"}"))
          .isPositive();
      requirePolite(node, "upload.yield");
    }
  }

  private static byte[] part(int from, int to) {
    return Arrays.copyOfRange(BLOB, from, to);
  }

  @Test
  void endEachOthersCollections() {
    cluster.execute(
        "INSERT INTO lease (name, holder, token, until) VALUES ('gc', 'test', 1, 9000000000000)"
            + " ON CONFLICT (name) DO UPDATE SET until = excluded.until");
    try {
      for (int node : List.of(OLD, NEW)) {
        HttpResponse<byte[]> begun = cluster.client(node).send("POST", "/_gc?wait=0s");
        assertThat(begun.statusCode()).isEqualTo(202);
        String run = PushClient.path(begun);
        PushClient other = cluster.client(1 - node);
        // It may have seen its row before this one looks at it again.
        assertThat(other.send("DELETE", run).statusCode()).isIn(200, 202);
        Eventually.happens(
            "its row ended it",
            PATIENCE,
            () -> state(other.send("GET", run)).getString("status").equals("cancelled"));
        requirePolite(node, "gc.cancel");
      }
    } finally {
      cluster.execute("UPDATE lease SET until = 0 WHERE name = 'gc'");
    }
  }

  private static JsonObject state(HttpResponse<byte[]> answer) {
    return new JsonObject(Buffer.buffer(answer.body()));
  }
}
