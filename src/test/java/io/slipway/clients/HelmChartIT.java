package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.runtime.ConfigLoader.Loaded;
import io.slipway.runtime.ConfigSources;
import io.slipway.server.RegistryConfig;
import io.slipway.testing.OneProfile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Renders the chart and holds what comes out to the schemas of Kubernetes and of the registry. */
@OneProfile("of files that no registry runs on")
class HelmChartIT {
  private static final String OLDEST = "1.27";
  private static final String NEWEST = "1.37";
  private static final String NEEDED =
      "--set config.database.url=postgresql://registry@db:5432/registry"
          + " --set config.storage.s3.bucket=images";
  private static final String EVERYTHING =
      NEEDED
          + " --set ingress.enabled=true,ingress.host=registry.example.org,ingress.tlsSecret=site"
          + " --set serviceMonitor.enabled=true,cache.persistent=true,cache.storageClass=fast"
          + " --set existingSecret=keys,cluster.bus.existingSecret=nodes,imagePullSecrets[0].name=pull"
          + " --set serviceAccount.annotations.role=reader,podAnnotations.team=images"
          + " --set nodeSelector.disk=ssd,tolerations[0].operator=Exists,env[0].name=TZ,env[0].value=UTC";

  @TempDir Path folder;
  private Program bash = Program.bash();

  @BeforeEach
  void findsThePrograms() {
    Path helm = Path.of(Objects.requireNonNull(System.getenv("SLIPWAY_HELM"), "SLIPWAY_HELM"));
    String schemas =
        Objects.requireNonNull(
            System.getenv("SLIPWAY_KUBERNETES_VALIDATE"), "SLIPWAY_KUBERNETES_VALIDATE");
    bash =
        bash.in(folder)
            .with("HOME", folder.toString())
            .with("PATH", helm.getParent() + ":" + System.getenv("PATH"))
            .with("PYTHONPATH", schemas)
            .with("chart", Path.of("cluster/chart").toAbsolutePath().toString());
  }

  private String render(String options) throws Exception {
    return bash.print(
        "helm template site $chart --namespace images " + options + " | tee out.yaml");
  }

  private String validate(String version) {
    return "python3 -m kubernetes_validate --strict --quiet -k " + version + " out.yaml";
  }

  @ParameterizedTest
  @ValueSource(strings = {NEEDED, EVERYTHING})
  void isWhatKubernetesTakes(String options) throws Exception {
    bash.print("helm lint --strict $chart " + options);
    assertThat(render(options)).contains("kind: StatefulSet", "kind: PodDisruptionBudget");
    for (String version : new String[] {OLDEST, NEWEST}) {
      // Of the Prometheus operator's kind it has no schema, and says so.
      assertThat(bash.print(validate(version)).lines())
          .allMatch(line -> line.contains("ServiceMonitor"));
    }
  }

  /** Every port and path that something outside asks is one that the nodes have. */
  @Test
  void isProbedAndWatchedWhereItsNodesAnswer() throws Exception {
    String rendered = render(EVERYTHING);
    for (String probe :
        List.of("startupProbe: /livez", "livenessProbe: /livez", "readinessProbe: /readyz")) {
      String[] words = probe.split(" ", -1);
      assertThat(rendered)
          .containsPattern(words[0] + "\\s+httpGet:\\s+path: " + words[1] + "\\s+port: ops");
    }
    assertThat(rendered)
        .containsPattern("kind: PodDisruptionBudget(?s:.*?)maxUnavailable: 1\n")
        .containsPattern(
            "kind: ServiceMonitor(?s:.*?)component: nodes\n\\s+endpoints:\\s+- port: ops\\s+path: /metrics")
        .containsPattern("component: nodes(?s:.*?)clusterIP: None(?s:.*?)- name: ops\\s+port: 5001")
        .containsPattern("discovery: kubernetes")
        .containsPattern("secretRef:\\s+name: keys")
        .containsPattern("secretName: nodes");
    assertThat(bash.run("grep -c 'kind: Secret$' out.yaml").output()).isEqualTo("0\n");
  }

  /**
   * Of stringData Kubernetes keeps what a later release no longer has: no secret could be taken
   * away.
   */
  @Test
  void saysSecretsSoThatAnUpgradeCanTakeThemAway() throws Exception {
    String rendered = render(NEEDED + " --set secrets.REGISTRY_REDIS_PASSWORD=secret");
    assertThat(rendered)
        .doesNotContain("stringData")
        .containsPattern(
            "kind: Secret(?s:.*?)type: Opaque\\s+data:(?s:.*?)REGISTRY_REDIS_PASSWORD: \"c2VjcmV0\"");
  }

  /** The check above can fail. */
  @Test
  void isNotWhatKubernetesTakesWithAWrongWord() throws Exception {
    render(NEEDED);
    bash.print("sed -i 's/maxUnavailable:/mostUnavailable:/' out.yaml");
    assertThat(bash.fail(validate(NEWEST))).contains("mostUnavailable");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--set config.database.url=postgresql://db/registry",
        NEEDED + " --set replica=5",
        NEEDED + " --set config.auth.mode=open",
        NEEDED + " --set ingress.enabled=true"
      })
  void saysWhatIsWrong(String options) throws Exception {
    assertThat(bash.fail("helm template site $chart " + options))
        .containsAnyOf(
            "config.database.url", "config.storage.s3.bucket", "replica", "mode", "host");
  }

  @Test
  void configuresARegistryThatStarts() throws Exception {
    render(NEEDED);
    bash.print(
        """
        sed -n '/registry.yaml: |/,/^---/p' out.yaml | sed '1d;$d;s/^    //' >registry.yaml
        """);
    Map<String, String> environment =
        Map.of("REGISTRY_CLUSTER_HOST", "10.1.2.3", "REGISTRY_AUTH_SECRET", "x".repeat(48));
    Loaded<RegistryConfig> loaded =
        RegistryConfig.load(
            new ConfigSources(folder.resolve("registry.yaml"), environment, Map.of()));
    assertThat(loaded.warnings()).isEmpty();
    assertThat(loaded.config().cluster().enabled()).isTrue();
    assertThat(loaded.config().cluster().members())
        .containsExactly("site-slipway-nodes.images.svc.cluster.local");
    assertThat(loaded.config().cluster().tls().isPresent()).isTrue();
    assertThat(loaded.config().ops().host()).isEqualTo("0.0.0.0");
    assertThat(Files.readString(folder.resolve("out.yaml")))
        .contains("name: REGISTRY_CLUSTER_HOST", "fieldPath: status.podIP");
  }
}
