package io.slipway.server.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.MultiMapConfig.ValueCollectionType;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperty;
import io.slipway.server.cluster.ClusterConfig.Discovery;
import java.net.Inet4Address;
import java.net.InetAddress;

/** Configures Hazelcast: what we need of it is on, everything else is off. */
final class HazelcastSettings {
  /** After so long without a sign of life a node is out: a stopped one in less than 10 s. */
  private static final int SILENCE_SECONDS = 7;

  /** More than this nobody keeps, whoever fills it. */
  private static final int UPLOADS_PER_NODE = 50_000;

  private static final String LOGGING = "slf4j";

  private HazelcastSettings() {}

  static Config of(ClusterConfig cluster, InetAddress address) {
    // Some of it logs before it looks into its configuration.
    System.setProperty(ClusterProperty.LOGGING_TYPE.getName(), LOGGING);
    Config config = new Config();
    config.setClusterName(cluster.name());
    listen(config.getNetworkConfig(), cluster, address);
    join(config.getNetworkConfig().getJoin(), cluster);
    config.getJetConfig().setEnabled(false);
    config.getMetricsConfig().setEnabled(false);
    config.getSerializationConfig().setJavaSerializationFilterConfig(ToldFailures.only());
    config.addMultiMapConfig(
        new MultiMapConfig(ToldRegistrations.CONSUMERS)
            .setBackupCount(1)
            .setValueCollectionType(ValueCollectionType.SET));
    // Asked for an address by a thread that waits: answered from the backup while a node is
    // stopped.
    config.addMapConfig(
        new MapConfig(ToldRegistrations.NODES).setBackupCount(2).setReadBackupData(true));
    config.addMapConfig(uploads());
    set(config, ClusterProperty.SOCKET_BIND_ANY, false);
    set(config, ClusterProperty.SOCKET_SERVER_BIND_ANY, false);
    set(config, ClusterProperty.SOCKET_CLIENT_BIND_ANY, false);
    set(config, ClusterProperty.PREFER_IPv4_STACK, address instanceof Inet4Address);
    set(config, ClusterProperty.PHONE_HOME_ENABLED, false);
    set(config, ClusterProperty.LOGGING_TYPE, LOGGING);
    set(config, ClusterProperty.HEALTH_MONITORING_LEVEL, "OFF");
    time(config);
    return config;
  }

  private static void time(Config config) {
    set(config, ClusterProperty.WAIT_SECONDS_BEFORE_JOIN, 0);
    set(config, ClusterProperty.MAX_JOIN_SECONDS, 30);
    set(config, ClusterProperty.HEARTBEAT_INTERVAL_SECONDS, 1);
    set(config, ClusterProperty.MAX_NO_HEARTBEAT_SECONDS, SILENCE_SECONDS);
    // Who was stopped and wakes comes back soon, and brings nothing that counts.
    set(config, ClusterProperty.MERGE_FIRST_RUN_DELAY_SECONDS, 5);
    set(config, ClusterProperty.MERGE_NEXT_RUN_DELAY_SECONDS, 5);
    // Threads that wait for a node which does not answer wait no longer than it takes to be out.
    set(config, ClusterProperty.OPERATION_CALL_TIMEOUT_MILLIS, SILENCE_SECONDS * 1000);
    // The same for a partition that moves, of which there are few bytes: five minutes otherwise.
    set(config, ClusterProperty.PARTITION_MIGRATION_TIMEOUT, SILENCE_SECONDS);
    set(config, ClusterProperty.GRACEFUL_SHUTDOWN_MAX_WAIT, 5);
  }

  private static void set(Config config, HazelcastProperty property, Object value) {
    config.setProperty(property.getName(), String.valueOf(value));
  }

  private static void listen(NetworkConfig network, ClusterConfig cluster, InetAddress address) {
    network.setPort(cluster.port()).setPortAutoIncrement(false);
    network.getInterfaces().setEnabled(true).addInterface(address.getHostAddress());
    network.getMemcacheProtocolConfig().setEnabled(false);
  }

  private static void join(JoinConfig join, ClusterConfig cluster) {
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    if (cluster.discovery() == Discovery.MEMBERS) {
      join.getTcpIpConfig()
          .setEnabled(true)
          .setConnectionTimeoutSeconds(2)
          .setMembers(cluster.members());
    } else {
      join.getKubernetesConfig()
          .setEnabled(true)
          .setProperty("service-dns", cluster.members().getFirst())
          .setProperty("service-port", String.valueOf(cluster.port()));
    }
  }

  private static MapConfig uploads() {
    return new MapConfig(UploadBoard.MAP)
        .setBackupCount(1)
        .setEvictionConfig(
            new EvictionConfig()
                .setEvictionPolicy(EvictionPolicy.LRU)
                .setMaxSizePolicy(MaxSizePolicy.PER_NODE)
                .setSize(UPLOADS_PER_NODE));
  }
}
