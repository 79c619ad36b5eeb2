package io.slipway.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.runtime.ConfigException;
import io.slipway.runtime.ConfigSources;
import io.slipway.runtime.ConfigSources.Flag;
import io.slipway.server.RegistryConfig;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node of a cluster may be told. */
class ClusterConfigTest {
  private static final String[] SHARED = {
    "storage.backend", "s3", "storage.s3.bucket", "blobs", "database.url", "postgresql://u@db/x"
  };

  private static RegistryConfig load(String... settings) {
    Map<String, Flag> flags = new HashMap<>();
    put(flags, SHARED);
    put(flags, "cluster.enabled", "true");
    put(flags, settings);
    return RegistryConfig.loader().load(new ConfigSources(null, Map.of(), flags)).config();
  }

  private static void put(Map<String, Flag> flags, String... settings) {
    for (int i = 0; i < settings.length; i += 2) {
      flags.put("--" + settings[i], new Flag(settings[i], settings[i + 1]));
    }
  }

  private static List<String> problems(String... settings) {
    return catchThrowableOfType(ConfigException.class, () -> load(settings)).problems();
  }

  private static String[] secure(String host) {
    return new String[] {
      "cluster.host",
      host,
      "cluster.tls.certificate",
      "/c.pem",
      "cluster.tls.key",
      "/k.pem",
      "cluster.authority",
      "/a.pem"
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "::",
        "8.8.8.8",
        "172.15.0.1",
        "172.32.0.1",
        "100.128.0.1",
        "::ffff:8.8.8.8",
        "2001:db8::1",
        "224.0.0.1",
        "ff02::1",
        "registry.example.org",
        "10.0.0.0/8",
      })
  void isNeverReachedFromThePublic(String host) {
    assertThat(problems(secure(host)))
        .singleElement()
        .asString()
        .contains("cluster.host: \"" + host + "\" but expected a private address");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "::1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.1.1",
        "fd00::1",
        "fe80::1",
        "eth0"
      })
  void listensOnPrivateAddresses(String host) {
    assertThat(load(secure(host)).cluster().host()).isEqualTo(host);
  }

  @Test
  void needsCertificatesWhereOtherMachinesCanReachTheBus() {
    assertThat(load("cluster.host", "127.0.0.1").cluster().tls().isPresent()).isFalse();
    for (String host : List.of("10.1.2.3", "eth0", "lo")) {
      assertThat(problems("cluster.host", host))
          .singleElement()
          .asString()
          .contains("cluster.tls.certificate: it is not set but expected a file");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "storage.backend, filesystem",
    "database.url, sqlite:/var/lib/registry.db",
  })
  void needsStoresThatNodesCanShare(String key, String value) {
    assertThat(problems(key, value))
        .anySatisfy(problem -> assertThat(problem).contains("cluster.enabled", "can share only"));
  }

  @Test
  void findsNodesOfOneServiceInKubernetes() {
    assertThat(problems("cluster.discovery", "kubernetes"))
        .singleElement()
        .asString()
        .contains("the name of one service");
  }

  @Test
  void asksTheMachineForAnInterface() throws IOException {
    assertThat(PrivateAddress.find("lo").isLoopbackAddress()).isTrue();
    assertThatThrownBy(() -> PrivateAddress.find("nowhere0"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("there is no such interface");
  }
}
