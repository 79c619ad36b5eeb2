package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.Signal;
import io.slipway.testing.WireConnection;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An upload goes on at another node than the one that was writing it. */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
class UploadYieldIT {
  private static final int ACKNOWLEDGED = 100_000;

  /** Far from the 10 s that a row waits for its writer, and much for a machine that is busy. */
  private static final Duration AT_ONCE = Duration.ofSeconds(5);

  private static final byte[] BLOB = PushClient.bytes(7, 7 << 20);

  @TempDir private static Path folder;
  private static ClusterNodes cluster;

  @BeforeAll
  static void start() {
    cluster = ClusterNodes.start(folder, 2);
    cluster.awaitMembers(0, 2, AT_ONCE);
    cluster.awaitMembers(1, 2, AT_ONCE);
  }

  @AfterAll
  static void end() {
    cluster.close();
  }

  /** Opens an upload at the first node, of which a chunk is acknowledged. */
  private static String begun() {
    String session = cluster.client(0).start("app");
    assertThat(cluster.client(0).patch(session, 0, part(0, ACKNOWLEDGED)).statusCode())
        .isEqualTo(202);
    return session;
  }

  private static byte[] part(int from, int to) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(BLOB, from, to - from);
    return bytes.toByteArray();
  }

  /** Begins a chunk at the first node that does not end. */
  private static WireConnection hangingPatch(String session) {
    return WireConnection.open(cluster.node(0).port())
        .head("PATCH", session, "Content-Length", String.valueOf(BLOB.length - ACKNOWLEDGED));
  }

  private static void awaitWriter(String session) {
    String id = session.substring(session.lastIndexOf('/') + 1);
    Eventually.happens("it is being written", () -> cluster.writing(id));
  }

  /** Goes on at the second node, as a client that believes what it is told. */
  private static void goOn(String session, long begin) {
    PushClient other = cluster.client(1);
    AtomicLong from = new AtomicLong(begin);
    Eventually.happens(
        "it is let in",
        AT_ONCE,
        () -> {
          HttpResponse<byte[]> answer =
              other.patch(session, from.get(), part((int) from.get(), BLOB.length));
          assertThat(answer.statusCode()).isIn(202, 416);
          from.set(PushClient.received(answer));
          return answer.statusCode() == 202;
        });
    finish(session);
  }

  private static void finish(String session) {
    PushClient other = cluster.client(1);
    assertThat(other.finish(session, PushClient.digest(BLOB), new byte[0]).statusCode())
        .isEqualTo(201);
    assertThat(cluster.client(0).blob("app", PushClient.digest(BLOB)).body()).isEqualTo(BLOB);
  }

  @Test
  void goesOnAtOnceWhereItWasAcknowledged() {
    String session = begun();
    double asked = cluster.metric(1, "slipway_upload_yields_total{outcome=\"done\"}");
    try (WireConnection hanging = hangingPatch(session)) {
      awaitWriter(session);
      long begun = System.nanoTime();
      goOn(session, ACKNOWLEDGED);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(AT_ONCE);
      assertThat(hanging.read().status()).isIn(404, 416);
    }
    assertThat(cluster.metric(1, "slipway_upload_yields_total{outcome=\"done\"}"))
        .isGreaterThan(asked);
  }

  @Test
  void isSeenByTheOtherNode() {
    String session = begun();
    Eventually.happens(
        "the other node heard of it", () -> cluster.metric(1, "slipway_cluster_uploads") > 0);
    goOn(session, ACKNOWLEDGED);
  }

  @Test
  void keepsWhatCameAfterTheAcknowledgement() {
    String session = begun();
    try (WireConnection hanging = hangingPatch(session)) {
      hanging.send(BLOB, ACKNOWLEDGED, 300_000);
      awaitWriter(session);
      long begun = System.nanoTime();
      HttpResponse<byte[]> refused =
          cluster.client(1).patch(session, ACKNOWLEDGED, part(ACKNOWLEDGED, ACKNOWLEDGED + 10));
      // Unless nothing had been read by then.
      long from = refused.statusCode() == 202 ? ACKNOWLEDGED + 10 : PushClient.received(refused);
      assertThat(from).isBetween((long) ACKNOWLEDGED, ACKNOWLEDGED + 300_000L);
      goOn(session, from);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(AT_ONCE);
    }
  }

  @Test
  void tellsHowFarItIsAndLetsItGoOn() {
    String session = cluster.client(0).start("app");
    try (WireConnection writing =
        WireConnection.open(cluster.node(0).port())
            .head("PATCH", session, "Content-Length", String.valueOf(BLOB.length))
            .send(BLOB, 0, 6 << 20)) {
      // So many are in the bucket; the row would say so after 5 s.
      Eventually.happens(
          "a part is seen",
          Duration.ofSeconds(4),
          () -> cluster.client(1).received(session) == 5 << 20);
      writing.send(BLOB, 6 << 20, 1 << 20);
      assertThat(writing.read().status()).isEqualTo(202);
    }
    finish(session);
  }

  @Test
  void waitsForTheBeatOfANodeThatWasStopped() {
    String session = begun();
    try (WireConnection hanging = hangingPatch(session)) {
      hanging.send(BLOB, ACKNOWLEDGED, 200_000);
      awaitWriter(session);
      Signal.stop(cluster.node(0).pid());
      try {
        long begun = System.nanoTime();
        HttpResponse<byte[]> refused =
            cluster.client(1).patch(session, ACKNOWLEDGED, part(ACKNOWLEDGED, ACKNOWLEDGED + 1));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
        assertThat(refused.statusCode()).isEqualTo(416);
        assertThat(PushClient.received(refused)).isEqualTo(ACKNOWLEDGED);
        Eventually.happens(
            "the beat is old",
            () ->
                cluster
                        .client(1)
                        .patch(session, ACKNOWLEDGED, part(ACKNOWLEDGED, ACKNOWLEDGED + 1))
                        .statusCode()
                    == 202);
      } finally {
        Signal.wake(cluster.node(0).pid());
      }
      cluster.awaitMembers(0, 2, Duration.ofSeconds(60));
      goOn(session, ACKNOWLEDGED + 1);
    }
  }
}
