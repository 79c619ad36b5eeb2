package io.slipway.server.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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

  private final int network = 2 + port % 250;

  /** Not all of 127.0.0.0/8 is an address of an interface, and Hazelcast asks for one. */
  @BeforeEach
  void addAddresses() throws Exception {
    for (int node = 0; node < NODES; node++) {
      change("add", node);
    }
  }

  @AfterEach
  void removeAddresses() throws Exception {
    for (int node = 0; node < NODES; node++) {
      change("del", node);
    }
  }

  private void change(String how, int node) throws Exception {
    Process ip =
        new ProcessBuilder("ip", "address", how, address(node) + "/32", "dev", "lo")
            .redirectErrorStream(true)
            .start();
    String said = new String(ip.getInputStream().readAllBytes(), UTF_8);
    assertThat(ip.waitFor()).as("needs root: %s", said).isZero();
  }

  private String address(int node) {
    return "127.77." + network + "." + (node + 1);
  }

  /** Answers what the DNS would. */
  private Path hosts() throws IOException {
    Stream<String> service =
        IntStream.range(0, NODES).mapToObj(node -> address(node) + " " + SERVICE);
    return Files.write(
        folder.resolve("hosts"),
        Stream.concat(Stream.of("127.0.0.1 localhost"), service).collect(Collectors.toList()));
  }

  private void settings(Map<String, String> settings, int node, Path hosts) {
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
        ClusterNodes.start(folder, NODES, (settings, node) -> settings(settings, node, hosts))) {
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
