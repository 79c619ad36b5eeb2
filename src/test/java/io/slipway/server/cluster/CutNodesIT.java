package io.slipway.server.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.server.cluster.NodeLinks.Cut;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.WireConnection;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uploads go on at another node when nothing that one node says reaches another: the event bus and
 * Hazelcast's connections are cut in the middle of them, each node in another way, while all reach
 * the database and the bucket.
 */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
@Timeout(1800)
class CutNodesIT {
  private static final Logger LOG = LoggerFactory.getLogger(CutNodesIT.class);
  private static final int NODES = 3;
  private static final List<Cut> CUTS = List.of(Cut.REFUSED, Cut.SILENT, Cut.RESET);
  private static final int ROUNDS = Boolean.getBoolean("slipway.long") ? 12 : 1;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int ACKNOWLEDGED = 100_000;
  private static final int SENT = 5_400_000;
  private static final int SIZE = 5_600_000;
  private static final String RECEIVED = "slipway_cluster_messages_total{direction=\"received\"}";

  /** A row lets somebody else in 10 s after its writer was heard of, which it is for up to 5 s. */
  private static final Duration TAKEN_OVER = Duration.ofSeconds(20);

  /** What a request may wait for another node, and what a row waits for its writer. */
  private static final Duration LONGEST_REQUEST = Duration.ofMillis(250).plusSeconds(10);

  /** So many uploads a client makes while all is cut, if its node sees it leave. */
  private static final int UPLOADS = 2;

  @TempDir private static Path folder;

  private final Queue<Timing> requests = new ConcurrentLinkedQueue<>();
  private final Queue<Long> takeovers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger uploads = new AtomicInteger();

  /** How long a request took. */
  private record Timing(String what, long millis) {}

  /** How a client leaves the node to which it was writing. */
  private enum Leaving {
    /** Its connection is reset, which the node sees. */
    RESET,
    /** It is never heard of again, and the node waits for it. */
    SILENT
  }

  @Test
  void letUploadsGoOnElsewhere() throws Exception {
    try (NodeLinks links = NodeLinks.open(Files.createDirectory(folder.resolve("classes")), NODES);
        ClusterNodes cluster = links.start(folder)) {
      cluster.awaitAll(PATIENCE);
      for (int round = 0; round < ROUNDS; round++) {
        cut(cluster, links, round);
        heal(cluster, links);
        // It keeps in memory what it has, a hundred megabytes a round.
        cluster.bucket().keys().forEach(cluster.bucket()::remove);
      }
      LOG.info(
          "{} uploads went on elsewhere after {} ms; of {} requests the slowest were {}",
          uploads.get(),
          takeovers.stream().sorted().toList(),
          requests.size(),
          requests.stream()
              .sorted(Comparator.comparingLong(Timing::millis).reversed())
              .limit(5)
              .toList());
    }
  }

  /** Cuts everything when one upload of each kind is being written at each node. */
  private void cut(ClusterNodes cluster, NodeLinks links, int round) throws Exception {
    double yielded = yields(cluster, "done");
    double notYielded = yields(cluster, "late") + yields(cluster, "gone");
    CountDownLatch writing = new CountDownLatch(NODES * Leaving.values().length);
    CountDownLatch cut = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (int node = 0; node < NODES; node++) {
        for (Leaving how : Leaving.values()) {
          int first = node;
          clients.add(
              threads.submit(
                  () -> {
                    for (int i = 0; i < (how == Leaving.RESET ? UPLOADS : 1); i++) {
                      new Upload(cluster, first, how).run(writing, cut);
                    }
                    return null;
                  }));
        }
      }
      try {
        Eventually.happens(
            "all are writing",
            PATIENCE,
            () -> writing.getCount() == 0 || clients.stream().anyMatch(Future::isDone));
        for (int node = 0; node < NODES; node++) {
          links.cut(node, CUTS.get((round + node) % CUTS.size()));
        }
      } finally {
        cut.countDown();
      }
      requireAll(clients);
    }
    for (int node = 0; node < NODES; node++) {
      cluster.awaitMembers(node, 1, PATIENCE);
    }
    assertThat(yields(cluster, "done")).as("nodes that were told to yield").isEqualTo(yielded);
    assertThat(yields(cluster, "late") + yields(cluster, "gone")).isGreaterThan(notYielded);
  }

  private static void requireAll(List<Future<?>> clients) throws Exception {
    for (Future<?> client : clients) {
      client.get();
    }
  }

  private static double yields(ClusterNodes cluster, String outcome) {
    double all = 0;
    for (int node = 0; node < NODES; node++) {
      all += cluster.metric(node, "slipway_upload_yields_total{outcome=\"" + outcome + "\"}");
    }
    return all;
  }

  /** Each node hears each other one again, and yields to it at once. */
  private void heal(ClusterNodes cluster, NodeLinks links) throws Exception {
    links.mend();
    cluster.awaitAll(PATIENCE);
    for (int from = 0; from < NODES; from++) {
      for (int to = 0; to < NODES; to++) {
        if (from != to) {
          requireHeard(cluster, from, to);
        }
      }
    }
    double yielded = yields(cluster, "done");
    CountDownLatch none = new CountDownLatch(0);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (int node = 0; node < NODES; node++) {
        Upload upload = new Upload(cluster, node, Leaving.SILENT);
        clients.add(threads.submit(() -> upload.run(none, none)));
      }
      requireAll(clients);
    }
    assertThat(yields(cluster, "done")).isGreaterThanOrEqualTo(yielded + NODES);
  }

  /** Any one message may be lost; that none arrives may not be. */
  private static void requireHeard(ClusterNodes cluster, int from, int to) {
    byte[] config = "{}".getBytes(UTF_8);
    PushClient client = cluster.client(from);
    assertThat(client.pushBlob("heard", config).statusCode()).isEqualTo(201);
    byte[] manifest = PushClient.manifest(config);
    double before = cluster.metric(to, RECEIVED);
    Eventually.happens(
        "node " + to + " hears node " + from,
        PATIENCE,
        () -> {
          assertThat(client.pushManifest("heard", "latest", manifest).statusCode()).isEqualTo(201);
          return cluster.metric(to, RECEIVED) > before;
        });
  }

  /** One that begins at a node, goes on at the next one and ends at the one after that. */
  private final class Upload {
    private final ClusterNodes cluster;
    private final int node;
    private final Leaving how;
    private final byte[] blob;

    Upload(ClusterNodes cluster, int node, Leaving how) {
      this.cluster = cluster;
      this.node = node;
      this.how = how;
      this.blob = PushClient.bytes(uploads.incrementAndGet(), SIZE);
    }

    private PushClient client(int further) {
      return cluster.client((node + further) % NODES);
    }

    /**
     * Runs.
     *
     * @param writing counted down in the middle of a chunk
     * @param cut how long that chunk waits then
     */
    Void run(CountDownLatch writing, CountDownLatch cut) throws InterruptedException {
      PushClient first = client(0);
      String session = first.start("cut");
      byte[] begin = Arrays.copyOf(blob, ACKNOWLEDGED);
      assertThat(first.patch(session, 0, begin).statusCode()).isEqualTo(202);
      try (WireConnection connection = WireConnection.open(cluster.node(node).port())) {
        connection
            .head("PATCH", session, "Content-Length", String.valueOf(SIZE - ACKNOWLEDGED))
            .send(blob, ACKNOWLEDGED, SENT - ACKNOWLEDGED);
        String id = session.substring(session.lastIndexOf('/') + 1);
        Eventually.happens("it is being written", () -> cluster.writing(id));
        writing.countDown();
        cut.await();
        if (how == Leaving.RESET) {
          connection.reset();
        }
        goOn(session);
        if (how == Leaving.SILENT) {
          requireStopped(connection);
        }
      }
      return null;
    }

    /** With other bytes from where it goes on: what the first node still holds must not count. */
    private void goOn(String session) {
      long begun = System.nanoTime();
      PushClient next = client(1);
      long[] at = {timed("status", () -> next.received(session))};
      Eventually.happens(
          "it goes on",
          TAKEN_OVER,
          () -> {
            int from = (int) at[0];
            assertThat(from).as("bytes that were acknowledged").isBetween(ACKNOWLEDGED, SENT);
            byte[] rest = Arrays.copyOfRange(blob, from, SIZE);
            for (int i = 0; i < rest.length; i++) {
              rest[i] ^= 1;
            }
            HttpResponse<byte[]> answer =
                timed("PATCH", () -> next.patchWhenInvited(session, from, rest));
            assertThat(answer.statusCode()).isIn(202, 416);
            if (answer.statusCode() == 202) {
              System.arraycopy(rest, 0, blob, from, rest.length);
            }
            at[0] = PushClient.received(answer);
            return answer.statusCode() == 202;
          });
      takeovers.add(millisSince(begun));
      assertThat(at[0]).isEqualTo(SIZE);
      assertThat(
              timed("PUT", () -> client(2).finish(session, PushClient.digest(blob), new byte[0]))
                  .statusCode())
          .isEqualTo(201);
      requireEverywhere();
    }

    private void requireEverywhere() {
      for (int each = 0; each < NODES; each++) {
        PushClient client = client(each);
        timed(
            "GET",
            () -> {
              client.requirePulled("cut", blob);
              return true;
            });
      }
    }

    /** The first node, whose client comes back with the rest, took none of it. */
    private void requireStopped(WireConnection connection) {
      int status;
      try {
        status = connection.send(blob, SENT, SIZE - SENT).read().status();
      } catch (UncheckedIOException e) {
        // It ended the connection, which says as little.
        status = 404;
      }
      assertThat(status).isIn(404, 416);
      requireEverywhere();
    }

    private <T> T timed(String what, Supplier<T> request) {
      long begun = System.nanoTime();
      T answer = request.get();
      long millis = millisSince(begun);
      requests.add(new Timing(what, millis));
      assertThat(Duration.ofMillis(millis)).as(what).isLessThan(LONGEST_REQUEST);
      return answer;
    }
  }

  private static long millisSince(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
  }
}
