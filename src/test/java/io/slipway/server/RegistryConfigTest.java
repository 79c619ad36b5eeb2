package io.slipway.server;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.auth.audit.AuditConfig;
import io.slipway.database.DatabaseConfig;
import io.slipway.gc.GcConfig;
import io.slipway.http.OpsConfig;
import io.slipway.metadata.CacheConfig;
import io.slipway.repository.ManifestConfig;
import io.slipway.runtime.ConfigException;
import io.slipway.runtime.ConfigKey;
import io.slipway.runtime.ConfigLoader;
import io.slipway.runtime.ConfigSources;
import io.slipway.runtime.DataSize;
import io.slipway.runtime.Secret;
import io.slipway.storage.ScrubConfig;
import io.slipway.upload.UploadConfig;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryConfigTest {
  private static final RegistryConfig DEFAULTS =
      new RegistryConfig(
          ExpectedHttp.STANDARD,
          new OpsConfig("127.0.0.1", null, false),
          ExpectedStorage.STANDARD,
          new DatabaseConfig(null, null, 2, 4, 16, Duration.ofSeconds(5), Duration.ofSeconds(10)),
          ExpectedRedis.STANDARD,
          new UploadConfig(
              Duration.ofHours(1), Duration.ofHours(24), Duration.ofSeconds(10), 10_000),
          new ManifestConfig(ManifestConfig.References.ALL),
          new GcConfig(
              true, null, null, Duration.ofHours(2), Duration.ofDays(7), Duration.ofSeconds(60)),
          new CacheConfig(DataSize.ofMebibytes(64), DataSize.ofMebibytes(32)),
          new ScrubConfig(null, DataSize.ofMebibytes(20)),
          ExpectedAuth.STANDARD,
          new AuditConfig(Duration.ofDays(90), null),
          ExpectedCluster.STANDARD,
          new ShutdownConfig(Duration.ofSeconds(30), Duration.ZERO),
          new LogConfig(LogConfig.Level.INFO, LogConfig.Format.TEXT));

  /** A value for every key that is not its default. */
  private static final Map<String, String> CHANGES =
      ExpectedAuth.with(
          ExpectedCluster.with(
              Map.ofEntries(
                  entry("http.host", "0.0.0.0"),
                  entry("http.port", "0"),
                  entry("http.external_url", "https://registry.example.org/x"),
                  entry("http.relative_urls", "true"),
                  entry("http.trusted_proxies", "[10.0.0.0/8, '::1']"),
                  entry("http.idle_timeout", "10s"),
                  entry("http.max_header_size", "8KiB"),
                  entry("http.max_initial_line", "4KiB"),
                  entry("http.tls.certificate", "/tls/cert.pem"),
                  entry("http.tls.key", "/tls/key.pem"),
                  entry("http.tls.min_version", "1.3"),
                  entry("http.tls.client_ca", "/tls/clients.pem"),
                  entry("http.tls.client_auth", "required"),
                  entry("http.tls.client_name", "san_email"),
                  entry("http.tls.hsts", "1d"),
                  entry("http.rate_limit.address_per_second", "50"),
                  entry("http.rate_limit.address_burst", "100"),
                  entry("http.rate_limit.user_per_second", "20"),
                  entry("http.rate_limit.user_burst", "40"),
                  entry("http.allowed_hosts", "[registry.lan]"),
                  entry("http.allowed_origins", "[https://ui.example.org]"),
                  entry("http.access_log", "false"),
                  entry("ops.host", "'::1'"),
                  entry("ops.port", "5001"),
                  entry("ops.tls", "true"),
                  entry("storage.backend", "s3"),
                  entry("storage.s3.bucket", "blobs"),
                  entry("storage.s3.prefix", "registry/"),
                  entry("storage.s3.region", "eu-central-1"),
                  entry("storage.s3.endpoint", "http://127.0.0.1:9000"),
                  entry("storage.s3.path_style", "true"),
                  entry("storage.s3.access_key", "key"),
                  entry("storage.s3.secret_key", "secret"),
                  entry("storage.s3.session_token", "token"),
                  entry("storage.s3.max_connections", "16"),
                  entry("storage.s3.timeout", "5s"),
                  entry("storage.s3.part_size", "8MiB"),
                  entry("storage.s3.upload_memory", "32MiB"),
                  entry("storage.s3.redirect", "true"),
                  entry("storage.s3.redirect_endpoint", "https://s3.example.org"),
                  entry("storage.s3.sse", "kms"),
                  entry("storage.s3.sse_kms_key_id", "kms-key"),
                  entry("storage.cache.disk_path", "/var/cache/registry"),
                  entry("storage.cache.disk_size_gb", "50"),
                  entry("storage.cache.disk_high", "90"),
                  entry("storage.cache.disk_low", "70"),
                  entry("storage.path", "/var/lib/registry"),
                  entry("storage.reserve", "5GB"),
                  entry("storage.delete.enabled", "false"),
                  entry("storage.delete_after", "1h"),
                  entry("database.url", "postgresql://slipway@db.lan/registry"),
                  entry("database.password", "hidden"),
                  entry("database.readers", "4"),
                  entry("database.connections", "8"),
                  entry("database.transactions", "32"),
                  entry("database.connect_timeout", "2s"),
                  entry("database.statement_timeout", "20s"),
                  entry("storage.cache.type", "redis"),
                  entry("storage.cache.redis_url", "rediss-sentinel://s1,s2/3?master=main"),
                  entry("redis.password", "hush"),
                  entry("redis.sentinel_password", "psst"),
                  entry("redis.authority", "/redis/ca.pem"),
                  entry("redis.verify_host", "false"),
                  entry("redis.tls.certificate", "/redis/cert.pem"),
                  entry("redis.tls.key", "/redis/key.pem"),
                  entry("redis.timeout", "50ms"),
                  entry("redis.ttl", "1h"),
                  entry("redis.largest", "64KiB"),
                  entry("uploads.timeout", "2h"),
                  entry("uploads.max_age", "48h"),
                  entry("uploads.takeover", "5s"),
                  entry("uploads.max_open", "7"),
                  entry("manifests.references", "none"),
                  entry("gc.enabled", "false"),
                  entry("gc.interval", "5m"),
                  entry("gc.schedule", "30 3 * * *"),
                  entry("gc.grace", "3h"),
                  entry("gc.untagged_after", "30d"),
                  entry("gc.http_wait", "10s"),
                  entry("cache.manifests", "1MiB"),
                  entry("cache.blobs", "0"),
                  entry("audit.retention", "30d"),
                  entry("audit.file", "/log/audit.json"),
                  entry("scrub.interval", "7d"),
                  entry("scrub.rate", "5MiB"),
                  entry("drain.timeout", "1s"),
                  entry("drain.notice", "2s"),
                  entry("log.level", "debug"),
                  entry("log.format", "json"))));

  private static final RegistryConfig CHANGED =
      new RegistryConfig(
          ExpectedHttp.CHANGED,
          new OpsConfig("::1", 5001, true),
          ExpectedStorage.CHANGED,
          new DatabaseConfig(
              Secret.of("postgresql://slipway@db.lan/registry"),
              Secret.of("hidden"),
              4,
              8,
              32,
              Duration.ofSeconds(2),
              Duration.ofSeconds(20)),
          ExpectedRedis.CHANGED,
          new UploadConfig(Duration.ofHours(2), Duration.ofHours(48), Duration.ofSeconds(5), 7),
          new ManifestConfig(ManifestConfig.References.NONE),
          new GcConfig(
              false,
              Duration.ofMinutes(5),
              "30 3 * * *",
              Duration.ofHours(3),
              Duration.ofDays(30),
              Duration.ofSeconds(10)),
          new CacheConfig(DataSize.ofMebibytes(1), new DataSize(0)),
          new ScrubConfig(Duration.ofDays(7), DataSize.ofMebibytes(5)),
          ExpectedAuth.CHANGED,
          new AuditConfig(Duration.ofDays(30), Path.of("/log/audit.json")),
          ExpectedCluster.CHANGED,
          new ShutdownConfig(Duration.ofSeconds(1), Duration.ofSeconds(2)),
          new LogConfig(LogConfig.Level.DEBUG, LogConfig.Format.JSON));

  private final ConfigLoader<RegistryConfig> loader = RegistryConfig.loader();

  @TempDir Path folder;

  @Test
  void hasDefaults() {
    assertThat(RegistryConfig.standard()).isEqualTo(DEFAULTS);
  }

  @Test
  void changesEveryKeyInThisTest() {
    assertThat(loader.keys()).extracting(ConfigKey::path).hasSameElementsAs(CHANGES.keySet());
  }

  @Test
  void mapsEveryKeyOfTheFile() throws Exception {
    assertThat(load(yaml(CHANGES), Map.of())).isEqualTo(CHANGED);
  }

  @Test
  void mapsEveryKeyOfTheEnvironment() throws Exception {
    Map<String, String> environment =
        loader.keys().stream()
            .collect(
                Collectors.toMap(
                    ConfigKey::variable,
                    key -> CHANGES.getOrDefault(key.path(), "").replaceAll("[\\[\\]']", "")));
    assertThat(load("", environment)).isEqualTo(CHANGED);
  }

  @Test
  void hasAVariableForEveryKeyAndNoneTwice() {
    assertThat(loader.keys()).extracting(ConfigKey::variable).doesNotHaveDuplicates();
    assertThat(loader.keys())
        .allSatisfy(
            key ->
                assertThat(key.variable())
                    .isEqualTo(
                        "REGISTRY_" + key.path().toUpperCase(Locale.ROOT).replace('.', '_')));
  }

  @Test
  void hasADefaultForEveryKeyThatMayNotBeAbsent() {
    Set<String> optional = new HashSet<>();
    collectNullable(RegistryConfig.class, "", optional);
    assertThat(loader.keys())
        .filteredOn(key -> key.standard() == null)
        .extracting(ConfigKey::path)
        .hasSameElementsAs(optional);
  }

  private static void collectNullable(Class<?> type, String prefix, Set<String> found) {
    for (RecordComponent component : type.getRecordComponents()) {
      String path =
          prefix + component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
      if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
        found.add(path);
      } else if (component.getType().isRecord()) {
        collectNullable(component.getType(), path + ".", found);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "storage.backend=s3 | storage.s3.bucket: it is not set but expected the name of a bucket",
        "storage.s3.prefix=/x | a prefix that does not begin with /",
        "storage.s3.endpoint=minio:9000 | http://host or https://host",
        "storage.s3.access_key=x | storage.s3.secret_key: it is not set but expected both keys or none",
        "storage.s3.session_token=x | an access_key with it",
        "storage.s3.part_size=1MiB | a size from",
        "storage.s3.upload_memory=8MiB | a size from",
        "storage.s3.redirect_endpoint=http://x | redirect: true with it",
        "storage.s3.sse_kms_key_id=x | sse: kms with it",
        "storage.cache.disk_path=/x | storage.backend: s3 with it",
        "storage.cache.disk_size_gb=-1 | a number from 0 to",
        "storage.cache.disk_low=95 | storage.cache.disk_low: \"95\" but expected a number from 1 to"
            + " below disk_high",
        "database.url=postgresql://db/x | database.url: (redacted) but expected a user before the"
            + " host, as in postgresql://user@host/registry",
        "database.url=postgresql://u:p@db/x?sslmode=verify-full | sslrootcert=FILE",
        "database.password=secret | database.password: (redacted) but expected no password",
        "database.url=mysql:x | (redacted) but expected sqlite:/path/to/file or postgresql://",
        "auth.signed_in=[pull, fly] | some of pull, push and delete",
        "auth.secret=short | auth.secret: (redacted) but expected at least 16 characters",
        "auth.token.ttl=5s | auth.token.ttl: \"5s\" but expected a time from 1m to",
        "auth.token.service='a\"b' | a name without quotes",
        "auth.bcrypt_cost=3 | a number from 4 to 16",
        "http.host=0.0.0.0 | auth.mode: it is not set but expected a choice, because http.host"
            + " 0.0.0.0 can be reached from other machines: write auth.mode: none",
        "http.host=registry.lan | auth.mode: it is not set",
        "http.port=65536 | http.port: \"65536\" but expected a number from 0 to 65535",
        "http.external_url=registry.lan:5000 | scheme://host[:port][/path]",
        "http.trusted_proxies=[10.0.0.0/33] | addresses and networks",
        "http.tls.key=/k | http.tls.certificate: it is not set but expected a file, because tls.key"
            + " is set",
        "http.tls.certificate=/c | http.tls.key: it is not set but expected a file",
        "http.tls.client_auth=request | http.tls.client_ca: it is not set but expected a file",
        "http.tls.min_version=1.1 | http.tls.min_version: \"1.1\" but expected 1.2 or 1.3",
        "http.tls.hsts=-1s | a time like",
        "ops.tls=true | http.tls.certificate: it is not set but expected a file, because ops.tls",
        "http.rate_limit.address_per_second=-1 | a number from 0 to",
        "http.rate_limit.user_burst=0 | http.rate_limit.user_burst: \"0\" but expected a number",
        "http.allowed_hosts=[http://x] | hosts without a scheme",
        "http.allowed_origins=[x.org] | origins like https://ui.example.org",
        "uploads.max_open=0 | uploads.max_open: \"0\" but expected a number from 1 to 1000000",
        "uploads.timeout=25h | uploads.max_age: \"24h\" but expected at least uploads.timeout (the"
            + " default)",
        "ops.port=-1 | ops.port: \"-1\" but expected a number from 0 to 65535",
        "log.level=verbose | error or warn or info or debug or trace",
      })
  void refuses(String setting, String sentence) {
    String[] parts = setting.split("=", 2);
    ConfigException problem =
        catchThrowableOfType(
            ConfigException.class, () -> load(yaml(Map.of(parts[0], parts[1])), Map.of()));
    assertThat(problem.problems()).singleElement().asString().contains(sentence);
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1", "127.8.8.8", "::1", "localhost"})
  void needsNoChoiceOnLoopback(String host) throws Exception {
    assertThat(load(yaml(Map.of("http.host", "\"" + host + "\"")), Map.of()).http().isLoopback())
        .isTrue();
  }

  @Test
  void takesThePortThatPlatformsGive() throws Exception {
    assertThat(load("", Map.of("PORT", "8080")).http().port()).isEqualTo(8080);
    assertThat(load("", Map.of("PORT", "8080", "REGISTRY_HTTP_PORT", "1")).http().port())
        .isEqualTo(1);
  }

  @Test
  void asksTheOpsPortForHealthWhereOnlyCertificatesAreLetIn() {
    assertThat(CHANGED.healthAddress()).isEqualTo(URI.create("https://[::1]:5001/readyz"));
  }

  @Test
  void leavesPodmansVariableAlone() {
    Map<String, String> environment = Map.of("REGISTRY_AUTH_FILE", "x", "REGISTRY_HTTP_ADDR", "x");
    assertThat(loader.load(new ConfigSources(null, environment, Map.of())).warnings())
        .singleElement()
        .asString()
        .contains("REGISTRY_HTTP_ADDR sets nothing");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, http://127.0.0.1:5000, http://127.0.0.1:5000",
    "0.0.0.0, http://127.0.0.1:5000, http://0.0.0.0:5000",
    "::, http://[::1]:5000, http://[::]:5000",
    "::1, http://[::1]:5000, http://[::1]:5000"
  })
  void knowsHowToReachTheServer(String host, String address, String listening) throws Exception {
    RegistryConfig config =
        load(yaml(Map.of("http.host", "\"" + host + "\"", "auth.mode", "none")), Map.of());
    assertThat(config.address(5000)).hasToString(address);
    assertThat(config.listeningOn(5000)).hasToString(listening);
    assertThat(config.healthAddress()).hasToString(address + "/api/v1/registry/health");
  }

  @Test
  void findsTheDatabase() throws Exception {
    assertThat(DEFAULTS.database().postgres()).isEmpty();
    assertThat(DEFAULTS.database().file(Path.of("/d"))).isEqualTo(Path.of("/d/registry.db"));
    RegistryConfig sqlite = load(yaml(Map.of("database.url", "sqlite:/var/lib/db")), Map.of());
    assertThat(sqlite.database().postgres()).isEmpty();
    assertThat(sqlite.database().file(Path.of("/d"))).isEqualTo(Path.of("/var/lib/db"));
    assertThat(CHANGED.database().postgres().orElseThrow().host()).isEqualTo("db.lan");
  }

  private RegistryConfig load(String yaml, Map<String, String> environment) throws Exception {
    Path file = Files.writeString(folder.resolve("config.yaml"), yaml);
    return loader.load(new ConfigSources(file, environment, Map.of())).config();
  }

  private static String yaml(Map<String, String> settings) {
    Map<String, Object> tree = new LinkedHashMap<>();
    settings.forEach((path, value) -> put(tree, path, value));
    return print(tree, "");
  }

  @SuppressWarnings("unchecked")
  private static void put(Map<String, Object> tree, String path, String value) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      tree.put(path, value);
    } else {
      Object below = tree.computeIfAbsent(path.substring(0, dot), k -> new LinkedHashMap<>());
      put((Map<String, Object>) below, path.substring(dot + 1), value);
    }
  }

  private static String print(Map<?, ?> tree, String indent) {
    return tree.entrySet().stream()
        .map(
            entry ->
                entry.getValue() instanceof Map<?, ?> below
                    ? indent + entry.getKey() + ":\n" + print(below, indent + "  ")
                    : indent + entry.getKey() + ": " + entry.getValue() + "\n")
        .collect(Collectors.joining());
  }
}
