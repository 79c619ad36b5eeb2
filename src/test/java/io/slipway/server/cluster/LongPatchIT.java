package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.S3Fault;
import io.slipway.testing.WireConnection;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node is started again while somebody sends it a chunk for longer than it waits. */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
@Timeout(600)
class LongPatchIT {
  private static final Duration DRAIN = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Far from the 10 s that a row waits for its writer, and much for a machine that is busy. */
  private static final Duration AT_ONCE = Duration.ofSeconds(5);

  private static final int ACKNOWLEDGED = 100_000;
  private static final int SENT = 6_000_000;
  private static final byte[] BLOB = PushClient.bytes(25, 7 << 20);

  @TempDir private Path folder;

  @Test
  void isCutOffAndGoesOnAtAnotherNode() {
    try (ClusterNodes cluster =
        ClusterNodes.start(
            folder,
            2,
            (settings, node) -> settings.put("drain.timeout", DRAIN.toSeconds() + "s"))) {
      cluster.awaitAll(PATIENCE);
      String session = cluster.client(0).start("app");
      byte[] first = Arrays.copyOf(BLOB, ACKNOWLEDGED);
      assertThat(cluster.client(0).patch(session, 0, first).statusCode()).isEqualTo(202);
      try (WireConnection client = WireConnection.open(cluster.node(0).port())) {
        client
            .head("PATCH", session, "Content-Length", String.valueOf(BLOB.length - ACKNOWLEDGED))
            .send(BLOB, ACKNOWLEDGED, SENT - ACKNOWLEDGED);
        Eventually.happens(
            "a part is stored", () -> cluster.client(1).received(session) > ACKNOWLEDGED);
        // What is not stored yet when the client is cut off has to be stored after that.
        S3Fault held = cluster.bucket().hold("^PUT uploads/", Integer.MAX_VALUE);
        long begun = System.nanoTime();
        cluster.node(0).terminate();
        assertThat(isCut(client)).as("the client is answered nothing").isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(DRAIN);
        Eventually.happens("the rest is on its way", () -> held.hits() > 0);
        held.lift();
        assertThat(cluster.node(0).end()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(DRAIN.plus(AT_ONCE));
      }
      goOn(cluster, session);
      cluster.startAgain(0);
      cluster.client(0).requirePulled("app", BLOB);
    }
  }

  private static boolean isCut(WireConnection client) {
    try {
      client.read();
      return false;
    } catch (UncheckedIOException e) {
      return true;
    }
  }

  private static void goOn(ClusterNodes cluster, String session) {
    PushClient other = cluster.client(1);
    int from = (int) other.received(session);
    assertThat(from).as("bytes that count").isEqualTo(SENT);
    long begun = System.nanoTime();
    HttpResponse<byte[]> rest =
        other.patch(session, from, Arrays.copyOfRange(BLOB, from, BLOB.length));
    assertThat(rest.statusCode()).as("nobody holds its place").isEqualTo(202);
    assertThat(other.finish(session, PushClient.digest(BLOB), new byte[0]).statusCode())
        .isEqualTo(201);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(AT_ONCE);
  }
}
