package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.FreePort;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes that know nothing of each other but the name of a headless service, whose addresses are
 * those of all nodes: as in Kubernetes, each has an address of its own and all have one port.
 */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
class KubernetesDiscoveryIT {
  private static final String SERVICE = "slipway-nodes.registry.svc.cluster.local";
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int NODES = 3;

  @TempDir private Path folder;
  private final int port = FreePort.find();

  private static String address(int node) {
    return "127.0.7." + (node + 1);
  }

  /** Answers what the DNS would. */
  private Path hosts() throws IOException {
    Stream<String> service =
        IntStream.range(0, NODES).mapToObj(node -> address(node) + " " + SERVICE);
    return Files.write(
        folder.resolve("hosts"),
        Stream.concat(Stream.of("127.0.0.1 localhost"), service).collect(Collectors.toList()));
  }

  private static void settings(Map<String, String> settings, int node, int port, Path hosts) {
    settings.put("cluster.discovery", "kubernetes");
    settings.put("cluster.members", SERVICE);
    settings.put("cluster.host", address(node));
    settings.put("cluster.port", String.valueOf(port));
    settings.put(ClusterNodes.FLAGS, "-Djdk.net.hosts.file=" + hosts);
  }

  @Test
  void findsTheOthersByTheNameOfTheService() throws Exception {
    Path hosts = hosts();
    byte[] blob = PushClient.bytes(7, 1000);
    try (ClusterNodes cluster =
        ClusterNodes.start(
            folder, NODES, (settings, node) -> settings(settings, node, port, hosts))) {
      cluster.awaitAll(PATIENCE);
      assertThat(cluster.client(0).pushBlob("app", blob).statusCode()).isEqualTo(201);
      assertThat(cluster.client(2).blob("app", PushClient.digest(blob)).body()).isEqualTo(blob);
      cluster.node(1).kill();
      for (int node : List.of(0, 2)) {
        cluster.awaitMembers(node, NODES - 1, PATIENCE);
      }
    }
  }
}
