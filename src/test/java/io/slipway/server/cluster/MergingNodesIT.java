package io.slipway.server.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.server.cluster.NodeLinks.Cut;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that were cut off from each other, and not from the stores, find each other again. */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
@Timeout(600)
class MergingNodesIT {
  private static final int NODES = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final byte[] BLOB = PushClient.bytes(22, 1000);

  @TempDir private Path folder;

  /** Alone each of them serves; which merge into which is up to Hazelcast. */
  @Test
  void areNotReadyWhileTheyMerge() throws Exception {
    try (NodeLinks links = NodeLinks.open(Files.createDirectory(folder.resolve("classes")), NODES);
        ClusterNodes cluster = links.start(folder)) {
      cluster.awaitAll(PATIENCE);
      assertThat(cluster.client(0).pushBlob("app", BLOB).statusCode()).isEqualTo(201);
      for (int node = 0; node < NODES; node++) {
        links.cut(node, Cut.SILENT);
      }
      for (int node = 0; node < NODES; node++) {
        cluster.awaitMembers(node, 1, PATIENCE);
        assertThat(cluster.isReady(node)).as("node %d, cut off", node).isTrue();
      }
      links.mend();
      boolean[] merging = watchUntilMerged(cluster);
      for (int node = 0; node < NODES; node++) {
        assertThat(merging[node])
            .as("node %d said that it was joining again", node)
            .isEqualTo(cluster.node(node).output().contains("this node is MERGING"));
        int ready = node;
        Eventually.happens("it is ready again", PATIENCE, () -> cluster.isReady(ready));
      }
      assertThat(IntStream.range(0, NODES).filter(node -> merging[node])).hasSize(NODES - 1);
    }
  }

  /** Asks all of them all the time; tells which of them said that they were joining again. */
  private static boolean[] watchUntilMerged(ClusterNodes cluster) {
    boolean[] merging = new boolean[NODES];
    Eventually.happens(
        "all are one cluster",
        PATIENCE,
        () -> {
          for (int node = 0; node < NODES; node++) {
            HttpResponse<byte[]> answer = cluster.ops(node).send("GET", "/readyz");
            boolean joining =
                new String(answer.body(), UTF_8).contains("joining the cluster again");
            assertThat(answer.statusCode()).isEqualTo(joining ? 503 : 200);
            merging[node] |= joining;
            assertThat(cluster.client(node).blob("app", PushClient.digest(BLOB)).statusCode())
                .as("a pull from a node that is joining or not")
                .isEqualTo(200);
          }
          return IntStream.range(0, NODES).allMatch(node -> cluster.members(node) == NODES);
        });
    return Arrays.copyOf(merging, NODES);
  }
}
