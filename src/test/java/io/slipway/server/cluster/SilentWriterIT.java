package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.Signal;
import io.slipway.testing.WireConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The node that writes an upload hangs, and nobody has noticed yet. */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
@Timeout(600)
class SilentWriterIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int ROUNDS = 5;
  private static final int FEWEST_ROUNDS = 3;
  private static final byte[] BLOB = PushClient.bytes(23, 300_000);
  private static final byte[] CHUNK = PushClient.bytes(24, 1);
  private static final int ACKNOWLEDGED = 100_000;
  private static final String LATE = "slipway_upload_yields_total{outcome=\"late\"}";

  /** A request waits 250 ms for the writer; one that waited a second time would take 500. */
  private static final long TWO_WAITS_MILLIS = 500;

  @TempDir private Path folder;

  /** A request for an upload that another request is writing, and how it is refused or answered. */
  private enum Kind {
    PATCH(416),
    PUT(416),
    GET(204);

    private final int answer;

    Kind(int answer) {
      this.answer = answer;
    }

    /** Sends it where the upload does not go on, so that it changes nothing; returns its time. */
    long time(PushClient client, String session) {
      long begun = System.nanoTime();
      int status =
          switch (this) {
            case PATCH -> client.patch(session, 1, CHUNK).statusCode();
            case PUT -> {
              String digest = PushClient.digest(BLOB).text();
              yield client
                  .send("PUT", session + "?digest=" + digest, CHUNK, "Content-Range", "1-1")
                  .statusCode();
            }
            case GET -> client.send("GET", session).statusCode();
          };
      long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
      assertThat(status).as(name()).isEqualTo(answer);
      return millis;
    }
  }

  /** How long a request took. */
  private record Timing(Kind kind, long millis) {}

  private static String begun(ClusterNodes cluster) {
    String session = cluster.client(0).start("app");
    byte[] first = Arrays.copyOf(BLOB, ACKNOWLEDGED);
    assertThat(cluster.client(0).patch(session, 0, first).statusCode()).isEqualTo(202);
    return session;
  }

  @Test
  void isWaitedForOnceInARequest() {
    try (ClusterNodes cluster = ClusterNodes.start(folder, 2)) {
      cluster.awaitAll(PATIENCE);
      List<Timing> quiet = new ArrayList<>();
      String idle = begun(cluster);
      for (int round = 0; round < ROUNDS; round++) {
        measure(cluster, idle, quiet);
      }
      String session = begun(cluster);
      try (WireConnection hanging =
          WireConnection.open(cluster.node(0).port())
              .head("PATCH", session, "Content-Length", "200000")
              .send(BLOB, ACKNOWLEDGED, 50_000)) {
        String id = session.substring(session.lastIndexOf('/') + 1);
        Eventually.happens("it is being written", () -> cluster.writing(id));
        double late = cluster.metric(1, LATE);
        List<Timing> silent = whileSilent(cluster, session);
        assertThat(hanging).isNotNull();
        int rounds = silent.size() / Kind.values().length;
        assertThat(rounds).isGreaterThanOrEqualTo(FEWEST_ROUNDS);
        assertThat(cluster.metric(1, LATE) - late)
            .as("the writer was asked once for each request")
            .isEqualTo(silent.size());
        requireOneWait(quiet, silent);
      }
    }
  }

  /** Asks while the other node, which sleeps, is held for alive. */
  private static List<Timing> whileSilent(ClusterNodes cluster, String session) {
    List<Timing> silent = new ArrayList<>();
    Signal.stop(cluster.node(0).pid());
    try {
      for (int round = 0; round < ROUNDS && cluster.members(1) == 2; round++) {
        measure(cluster, session, silent);
      }
    } finally {
      Signal.wake(cluster.node(0).pid());
    }
    return silent;
  }

  private static void measure(ClusterNodes cluster, String session, List<Timing> measured) {
    for (Kind kind : Kind.values()) {
      measured.add(new Timing(kind, kind.time(cluster.client(1), session)));
    }
  }

  private static void requireOneWait(List<Timing> quiet, List<Timing> silent) {
    System.out.println("ms quiet: " + quiet + ", beside a silent writer: " + silent);
    for (Kind kind : Kind.values()) {
      assertThat(median(silent, kind) - median(quiet, kind))
          .as("ms that the silent writer cost a " + kind)
          .isLessThan(TWO_WAITS_MILLIS);
    }
  }

  private static long median(List<Timing> all, Kind kind) {
    long[] times =
        all.stream()
            .filter(timing -> timing.kind() == kind)
            .mapToLong(Timing::millis)
            .sorted()
            .toArray();
    return times[times.length / 2];
  }
}
