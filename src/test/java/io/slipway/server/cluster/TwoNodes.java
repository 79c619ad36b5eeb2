package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.WireConnection;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one of two nodes does that it tells the other of, and that works out whether the other
 * understands it or not. In each, a node is named by its index, 0 or 1.
 */
record TwoNodes(ClusterNodes cluster) {
  static final Duration PATIENCE = Duration.ofMinutes(1);

  /** One that is held for longer than this one is nobody's. */
  private static final int HELD_MILLIS = 70_000;

  private static final byte[] BLOB = PushClient.bytes(9, 300_000);

  /** Waits until both know each other. */
  void awaitEachOther() {
    cluster.awaitMembers(0, 2, PATIENCE);
    cluster.awaitMembers(1, 2, PATIENCE);
  }

  /** Returns how many messages a node did not understand. */
  double refused(int node) {
    return cluster.metric(node, "slipway_cluster_messages_refused_total");
  }

  /** Returns how many times a node asked for an upload, and what came of it was this. */
  double yields(int node, String outcome) {
    return cluster.metric(node, "slipway_upload_yields_total{outcome=\"" + outcome + "\"}");
  }

  /** Pushes an image to a node, with a tag of that node, which tells the other one to look. */
  void pushTo(int node) {
    PushClient client = cluster.client(node);
    byte[] config = PushClient.bytes(20 + node, 100);
    client.pushBlob("app", config);
    assertThat(client.pushManifest("app", "v" + node, PushClient.manifest(config)).statusCode())
        .isEqualTo(201);
  }

  /** Pulls from the other node what {@link #pushTo} pushed. */
  void requirePulledFromOther(int node) {
    assertThat(cluster.client(1 - node).send("GET", "/v2/app/manifests/v" + node).statusCode())
        .isEqualTo(200);
  }

  /** Waits until nothing is left to be told of. */
  void awaitEvents() {
    String waiting =
        "SELECT 1 FROM outbox UNION ALL SELECT 1 FROM delivery UNION ALL SELECT 1 FROM copy_due";
    Eventually.happens("all events were handled", PATIENCE, () -> cluster.rows(waiting).isEmpty());
  }

  /** Finishes at the other node an upload that a node is writing, which is asked to let it in. */
  void goOnElsewhere(int node) {
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
          "the other one is let in",
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
  }

  private static byte[] part(int from, int to) {
    return Arrays.copyOfRange(BLOB, from, to);
  }

  /** Lets no collection begin for a minute, or until {@link #freeCollections}. */
  void holdCollections() {
    cluster.execute(
        "INSERT INTO lease (name, holder, token, until) VALUES ('gc', 'test', 1, "
            + (System.currentTimeMillis() + HELD_MILLIS)
            + ") ON CONFLICT (name) DO UPDATE SET until = excluded.until");
  }

  void freeCollections() {
    cluster.execute("UPDATE lease SET until = 0 WHERE name = 'gc'");
  }

  /** Has the other node end a collection that waits for its turn at a node. */
  void endCollectionFromOther(int node) {
    HttpResponse<byte[]> begun = cluster.client(node).send("POST", "/_gc?wait=0s");
    assertThat(begun.statusCode()).isEqualTo(202);
    String run = PushClient.path(begun);
    PushClient other = cluster.client(1 - node);
    // It may have seen its row before this one looks at it again.
    assertThat(other.send("DELETE", run).statusCode()).isIn(200, 202);
    Eventually.happens(
        "it has ended",
        PATIENCE,
        () -> state(other.send("GET", run)).getString("status").equals("cancelled"));
  }

  private static JsonObject state(HttpResponse<byte[]> answer) {
    return new JsonObject(Buffer.buffer(answer.body()));
  }
}
