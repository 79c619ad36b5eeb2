package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushes, pulls and installs charts with Helm. */
class HelmClientIT {
  private static final String CHART =
      """
      mkdir -p app/templates
      cat >app/Chart.yaml <<'END'
      apiVersion: v2
      name: app
      version: 1.0.0
      description: A chart of one map.
      END
      echo 'greeting: hello' >app/values.yaml
      cat >app/templates/map.yaml <<'END'
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: {{ .Release.Name }}-map
      data:
        greeting: {{ .Values.greeting }}
        version: {{ .Chart.Version }}
      END
      """;

  @TempDir static Path folder;
  private static OfflineShell shell;

  @BeforeAll
  static void packagesCharts() throws Exception {
    shell = OfflineShell.of("SLIPWAY_HELM", folder);
    shell.print(CHART);
    // Does not compress, so that the packed chart is no smaller than a real one.
    Files.write(shell.folder().resolve("app/large"), Contents.random(300_000, 81));
    shell.print(
        """
        for version in 1.0.0 1.2.0 1.3.0-rc.1 2.0.0+build.5; do
          helm package --version $version app
          helm push --plain-http app-$version.tgz oci://$registry/charts
        done
        """);
  }

  @AfterAll
  static void stop() throws Exception {
    shell.close();
  }

  private static String pull(String into, String options) throws Exception {
    return shell.print(
        "mkdir -p %1$s; helm pull --plain-http -d %1$s oci://$registry/charts/app%2$s"
            .formatted(into, options));
  }

  @Test
  void pullsTheChartItPushed() throws Exception {
    assertThat(pull("exact", " --version 1.0.0")).contains("charts/app:1.0.0", "Digest: sha256:");
    shell.print("cmp exact/app-1.0.0.tgz app-1.0.0.tgz");
    assertThat(shell.manifest("charts/app:1.0.0").getJsonObject("config").getString("mediaType"))
        .isEqualTo("application/vnd.cncf.helm.config.v1+json");
  }

  @Test
  void pullsByDigest() throws Exception {
    String digest = pull("tagged", " --version 1.2.0").replaceAll("(?s).*Digest: (\\S+).*", "$1");
    assertThat(pull("digest", "@" + digest)).contains(digest);
    shell.print("cmp digest/*.tgz app-1.2.0.tgz");
  }

  /** Tags have no plus sign: Helm writes an underscore and reads it back. */
  @Test
  void findsTheNewestVersionOfARange() throws Exception {
    pull("newest", "");
    shell.print("cmp newest/app-2.0.0+build.5.tgz app-2.0.0+build.5.tgz");
    pull("range", " --version '^1.0.0'");
    shell.print("cmp range/app-1.2.0.tgz app-1.2.0.tgz");
    pull("candidate", " --version '^1.0.0-0'");
    shell.print("cmp candidate/app-1.3.0-rc.1.tgz app-1.3.0-rc.1.tgz");
    assertThat(shell.print("curl -sf http://$registry/v2/charts/app/tags/list"))
        .contains("\"2.0.0_build.5\"");
  }

  @Test
  void installsFromTheRegistry() throws Exception {
    String installed =
        shell.print(
            "helm install --dry-run --plain-http --set greeting=bonjour rel oci://$registry/charts/app --version 1.0.0");
    assertThat(installed)
        .contains("DESCRIPTION: Dry run complete", "name: rel-map")
        .contains("greeting: bonjour", "version: 1.0.0");
    assertThat(
            shell.print(
                "helm template --plain-http rel oci://$registry/charts/app --version 1.2.0"))
        .contains("greeting: hello", "version: 1.2.0");
    assertThat(
            shell.print("helm show chart --plain-http oci://$registry/charts/app --version 1.2.0"))
        .contains("description: A chart of one map.");
  }

  @Test
  void fetchesTheChartsThatAChartNeeds() throws Exception {
    shell.print(
        """
        mkdir parent
        cat >parent/Chart.yaml <<END
        apiVersion: v2
        name: parent
        version: 1.0.0
        dependencies:
          - name: app
            version: ^1.0.0
            repository: oci://$registry/charts
        END
        helm dependency update --plain-http parent
        cmp parent/charts/app-1.2.0.tgz app-1.2.0.tgz
        """);
  }

  @Test
  void noticesAChartThatHasChanged() throws Exception {
    Files.write(shell.folder().resolve("app/large"), Contents.random(300_000, 82));
    shell.print(
        """
        helm package --version 9.0.0 -d broken app
        helm push --plain-http broken/app-9.0.0.tgz oci://$registry/broken
        """);
    String chart = " --plain-http oci://$registry/broken/app --version 9.0.0";
    assertThat(
            shell.failWhileDamaged(
                shell.layer("broken/app:9.0.0"),
                "helm pull" + chart,
                "helm install --dry-run=client rel" + chart,
                "helm template rel" + chart))
        .allSatisfy((command, printed) -> assertThat(printed).contains("mismatch"));
    assertThat(shell.folder().resolve("app-9.0.0.tgz")).doesNotExist();
  }
}
