package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.runtime.ConfigLoader.Loaded;
import io.slipway.runtime.ConfigSources;
import io.slipway.server.RegistryConfig;
import io.slipway.testing.OneProfile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads the compose file of a cluster as Compose, HAProxy and the registry do. */
@OneProfile("of files that no registry runs on")
class ClusterComposeIT {
  private static final String COMPOSE =
      "docker-compose --project-directory cluster -f cluster/compose.yaml config";

  @TempDir Path folder;
  private Program bash = Program.bash();

  @BeforeEach
  void copies() throws Exception {
    bash = bash.in(folder).with("PATH", System.getenv("PATH") + ":/usr/sbin");
    bash.with("files", Path.of("cluster").toAbsolutePath().toString())
        .print("mkdir cluster; cp -r $files/{compose.yaml,haproxy.cfg,prepare} cluster");
  }

  @Test
  void wantsItsSecretsFirst() throws Exception {
    assertThat(bash.fail(COMPOSE)).contains("run cluster/prepare first");
  }

  @Test
  void keepsTheSecretsThatItMade() throws Exception {
    String list = "cat cluster/.env cluster/compose/bus/*.pem | sha256sum";
    bash.print("cluster/prepare");
    String first = bash.print(list);
    bash.print("cluster/prepare");
    assertThat(bash.print(list)).isEqualTo(first);
    assertThat(bash.print("stat -c %a cluster/.env")).isEqualTo("600");
    bash.print(
        "openssl verify -CAfile cluster/compose/bus/authority.pem cluster/compose/bus/node.pem");
    assertThat(bash.print("ls cluster/compose/bus").lines())
        .containsExactly("authority.pem", "node-key.pem", "node.pem");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void configuresNodesThatStart(int node) throws Exception {
    bash.print("cluster/prepare");
    Map<String, String> environment = new HashMap<>();
    bash.print(COMPOSE + " | sed -n '/^  node-" + node + ":/,/^  [a-z]/p' | sed -n '/REGISTRY_/p'")
        .lines()
        .map(line -> line.strip().split(": ", 2))
        .forEach(pair -> environment.put(pair[0], pair[1].replaceAll("^['\"]|['\"]$", "")));
    Loaded<RegistryConfig> loaded =
        RegistryConfig.load(new ConfigSources(null, environment, Map.of()));
    assertThat(loaded.warnings()).isEmpty();
    assertThat(loaded.config().cluster().host()).isEqualTo("172.31.250.1" + node);
    assertThat(loaded.config().cluster().members()).hasSize(3).contains("172.31.250.1" + node);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void configuresHaproxy(boolean withTls) throws Exception {
    bash.print(
        """
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
          -keyout key.pem -out certificate.pem 2>openssl.log
        cat certificate.pem key.pem >registry.pem
        """);
    bash.with(withTls ? Map.of("CLUSTER_CERT", "registry.pem") : Map.of()).print("cluster/prepare");
    // Its own place for the certificate, which the container has elsewhere.
    bash.print(
        "sed -i \"s|/usr/local/etc/haproxy|$PWD/cluster/compose|\" cluster/compose/haproxy.cfg");
    bash.print("haproxy -c -f cluster/compose/haproxy.cfg");
    assertThat(bash.print("cat cluster/compose/haproxy.cfg"))
        .contains(
            "server node-3 172.31.250.13:5000", withTls ? "bind :5000 ssl crt" : "bind :5000\n")
        .doesNotContain("    bind {", "    {peers}");
  }
}
