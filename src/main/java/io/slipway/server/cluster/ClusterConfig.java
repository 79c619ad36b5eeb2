package io.slipway.server.cluster;

import io.slipway.runtime.Checks;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import io.slipway.runtime.TlsFiles;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Configures how this node finds others, and how they talk. */
public record ClusterConfig(
    @Doc("Whether this node works with others, on the same bucket and the same PostgreSQL.")
        @Default("false")
        boolean enabled,
    @Doc("Nodes of one name find each other; no secret.") @Default("slipway") String name,
    @Doc(
            "Private address, or name of the network interface, on which other nodes are listened for; a public one is refused.")
        @Default("127.0.0.1")
        String host,
    @Doc("Port of Hazelcast, which tells the nodes of each other; 0 takes any free one.")
        @Default("5701")
        int port,
    @Doc("Port of the event bus; 0 takes any free one.") @Default("5702") int busPort,
    @Doc("How other nodes are found: by their addresses, or by the DNS of Kubernetes.")
        @Default("members")
        Discovery discovery,
    @Doc(
            "Where other nodes may be, as host or host:port of Hazelcast, need not be all; for discovery: kubernetes the full name of a headless service.")
        @Default("")
        List<String> members,
    @Doc("Certificate that this node shows to others on the event bus.") TlsFiles tls,
    @Doc("PEM file of the authority whose certificates make a node one of this cluster.")
        @Nullable Path authority) {
  /** How nodes find each other. */
  public enum Discovery {
    MEMBERS,
    KUBERNETES
  }

  public ClusterConfig {
    members = List.copyOf(members);
    boolean isPublic = enabled && !PrivateAddress.isAllowed(host);
    new Checks()
        .that(!name.isBlank(), "name", "a name")
        .that(!isPublic, "host", PrivateAddress.EXPECTED)
        .range("port", port, 0, 65535)
        .range("bus_port", busPort, 0, 65535)
        .that(
            !enabled || discovery == Discovery.MEMBERS || members.size() == 1,
            "members",
            "the name of one service, because of cluster.discovery: kubernetes")
        .that(
            !enabled || isPublic || tls.isPresent() || PrivateAddress.isLoopback(host),
            "tls.certificate",
            "a file, because cluster.host " + host + " can be reached from other machines")
        .that(
            authority != null || !tls.isPresent(),
            "authority",
            "a file, because cluster.tls.certificate is set")
        .that(
            authority == null || tls.isPresent(),
            "authority",
            "no file, because cluster.tls.certificate is not set")
        .done();
  }
}
