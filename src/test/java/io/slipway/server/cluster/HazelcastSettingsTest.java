package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import io.slipway.runtime.TlsFiles;
import io.slipway.server.cluster.ClusterConfig.Discovery;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class HazelcastSettingsTest {
  private static final InetAddress ADDRESS = InetAddress.ofLiteral("127.0.0.1");

  private static Config settings(Discovery discovery, String... members) {
    return HazelcastSettings.of(
        new ClusterConfig(
            true,
            "blue",
            "127.0.0.1",
            5701,
            5702,
            discovery,
            List.of(members),
            new TlsFiles(null, null),
            null),
        ADDRESS);
  }

  @Test
  void asksTheMembersThatItIsTold() {
    JoinConfig join =
        settings(Discovery.MEMBERS, "10.0.0.1", "10.0.0.2:6701").getNetworkConfig().getJoin();
    assertThat(join.getTcpIpConfig().isEnabled()).isTrue();
    assertThat(join.getTcpIpConfig().getMembers()).containsExactly("10.0.0.1", "10.0.0.2:6701");
    assertThat(join.getKubernetesConfig().isEnabled()).isFalse();
    assertNothingElse(join);
  }

  @Test
  void asksTheDnsOfKubernetes() {
    JoinConfig join =
        settings(Discovery.KUBERNETES, "slipway.default.svc.cluster.local")
            .getNetworkConfig()
            .getJoin();
    assertThat(join.getKubernetesConfig().isEnabled()).isTrue();
    assertThat(join.getKubernetesConfig().getProperties())
        .containsEntry("service-dns", "slipway.default.svc.cluster.local")
        .containsEntry("service-port", "5701");
    assertThat(join.getTcpIpConfig().isEnabled()).isFalse();
    assertNothingElse(join);
  }

  private static void assertNothingElse(JoinConfig join) {
    assertThat(join.getMulticastConfig().isEnabled()).isFalse();
    assertThat(join.getAutoDetectionConfig().isEnabled()).isFalse();
    assertThat(join.getAwsConfig().isEnabled()).isFalse();
    assertThat(join.getEurekaConfig().isEnabled()).isFalse();
  }

  @Test
  void listensForMembersOnOneAddressAndForNothingElse() {
    Config config = settings(Discovery.MEMBERS);
    NetworkConfig network = config.getNetworkConfig();
    assertThat(network.getInterfaces().isEnabled()).isTrue();
    assertThat(network.getInterfaces().getInterfaces()).containsExactly("127.0.0.1");
    assertThat(network.getMemcacheProtocolConfig().isEnabled()).isFalse();
    assertThat(config.getAdvancedNetworkConfig().isEnabled()).isFalse();
    assertThat(config.getJetConfig().isEnabled()).isFalse();
    assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
    assertThat(config.getProperty("hazelcast.socket.bind.any")).isEqualTo("false");
  }
}
