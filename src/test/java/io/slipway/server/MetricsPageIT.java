package io.slipway.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.RedisServer;
import io.slipway.testing.TestRegistry;
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
    }
    assertThat(names(LISTED, Files.readString(Path.of("docs/metrics.md")))).isEqualTo(told);
  }

  private static String scrape(Path folder, String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.addAll(List.of("ops.port", "0", "scrub.interval", "1d"));
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

  private static Set<String> names(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
