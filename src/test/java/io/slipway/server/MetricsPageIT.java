package io.slipway.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.http.CertificateWatch;
import io.slipway.runtime.Metrics;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.RedisServer;
import io.slipway.testing.TestCertificate;
import io.slipway.testing.TestRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the list of metrics in the documentation to what a server tells. */
@OneProfile("starts a registry on each kind of store")
class MetricsPageIT {
  private static final Pattern TOLD = Pattern.compile("(?m)^# TYPE (slipway_\\w+) ");
  private static final Pattern LISTED = Pattern.compile("(?m)^\\| `(slipway_\\w+)`");

  @TempDir Path data;

  @Test
  void listsEveryMetricOfOurs() throws Exception {
    Set<String> told = names(TOLD, scrape(data.resolve("sqlite")));
    PostgresServer postgres = PostgresServer.shared();
    String url = postgres.text(postgres.createDatabase().database());
    String redis = "redis://" + RedisServer.shared().host();
    told.addAll(
        names(
            TOLD,
            scrape(
                data.resolve("postgres"),
                "database.url",
                url,
                "storage.cache.type",
                "redis",
                "storage.cache.redis_url",
                redis)));
    try (FakeS3 s3 = new FakeS3()) {
      List<String> settings = new ArrayList<>(List.of(s3.settings()));
      settings.addAll(List.of("storage.cache.disk_path", data.resolve("cache").toString()));
      told.addAll(names(TOLD, scrape(data.resolve("s3"), settings.toArray(String[]::new))));
      settings.addAll(List.of("storage.s3.prefix", "cluster/", "cluster.enabled", "true"));
      settings.addAll(List.of("cluster.port", "0", "cluster.bus_port", "0", "database.url"));
      settings.add(postgres.text(postgres.createDatabase().database()));
      told.addAll(names(TOLD, scrape(data.resolve("cluster"), settings.toArray(String[]::new))));
    }
    told.addAll(names(TOLD, tls()));
    assertThat(names(LISTED, Files.readString(Path.of("docs/metrics.md")))).isEqualTo(told);
  }

  private static String scrape(Path folder, String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.addAll(List.of("ops.port", "0", "scrub.interval", "1d"));
    all.addAll(List.of("http.rate_limit.address_per_second", "1000000"));
    try (TestRegistry registry = TestRegistry.start(folder, all.toArray(String[]::new))) {
      registry.send("GET", "/v2/");
      String path = registry.opsUri("/metrics").toString();
      String text = "";
      // The JVM's numbers come a moment after the start.
      while (!text.contains("slipway_netty_direct_max") || !text.contains("slipway_http")) {
        text = new String(registry.send("GET", path).body(), UTF_8);
      }
      return text;
    }
  }

  /** Returns the numbers that only a server with TLS has. */
  private String tls() throws Exception {
    TestCertificate certificate = TestCertificate.make(data, "localhost");
    RegistryConfig config =
        TestRegistry.config(
            data,
            "http.tls.certificate",
            certificate.certificate().toString(),
            "http.tls.key",
            certificate.key().toString());
    Vertx vertx = Vertx.vertx();
    try (Metrics metrics = new Metrics()) {
      CertificateWatch.open(vertx, config.http().tls(), metrics.registry()).await(10, SECONDS);
      return metrics.scrape();
    } finally {
      vertx.close().await(10, SECONDS);
    }
  }

  private static Set<String> names(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
