package io.slipway.server;

import io.slipway.runtime.TlsFiles;
import io.slipway.server.cluster.ClusterConfig;
import io.slipway.server.cluster.ClusterConfig.Discovery;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@link RegistryConfigTest} expects of the section {@code cluster}. */
final class ExpectedCluster {
  static final ClusterConfig STANDARD =
      new ClusterConfig(
          false,
          "slipway",
          "127.0.0.1",
          5701,
          5702,
          Discovery.MEMBERS,
          List.of(),
          new TlsFiles(null, null),
          null);

  static final ClusterConfig CHANGED =
      new ClusterConfig(
          true,
          "blue",
          "10.1.2.3",
          6701,
          6702,
          Discovery.KUBERNETES,
          List.of("slipway.default.svc.cluster.local"),
          new TlsFiles(Path.of("/cluster/cert.pem"), Path.of("/cluster/key.pem")),
          Path.of("/cluster/ca.pem"));

  private ExpectedCluster() {}

  /** Adds a value for every key that is not its default. */
  static Map<String, String> with(Map<String, String> others) {
    Map<String, String> all = new HashMap<>(others);
    all.put("cluster.enabled", "true");
    all.put("cluster.name", "blue");
    all.put("cluster.host", "10.1.2.3");
    all.put("cluster.port", "6701");
    all.put("cluster.bus_port", "6702");
    all.put("cluster.discovery", "kubernetes");
    all.put("cluster.members", "[slipway.default.svc.cluster.local]");
    all.put("cluster.tls.certificate", "/cluster/cert.pem");
    all.put("cluster.tls.key", "/cluster/key.pem");
    all.put("cluster.authority", "/cluster/ca.pem");
    return all;
  }
}
