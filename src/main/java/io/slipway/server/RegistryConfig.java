package io.slipway.server;

import io.slipway.auth.AuthConfig;
import io.slipway.auth.audit.AuditConfig;
import io.slipway.blob.StorageConfig;
import io.slipway.database.DatabaseConfig;
import io.slipway.gc.GcConfig;
import io.slipway.http.HttpConfig;
import io.slipway.http.OpsConfig;
import io.slipway.http.TlsConfig.ClientAuth;
import io.slipway.metadata.CacheConfig;
import io.slipway.metadata.RedisConfig;
import io.slipway.repository.ManifestConfig;
import io.slipway.runtime.Checks;
import io.slipway.runtime.ConfigLoader;
import io.slipway.runtime.ConfigLoader.Loaded;
import io.slipway.runtime.ConfigSources;
import io.slipway.runtime.Doc;
import io.slipway.runtime.Durations;
import io.slipway.server.cluster.ClusterConfig;
import io.slipway.storage.ScrubConfig;
import io.slipway.upload.UploadConfig;
import java.net.URI;
import java.util.Map;
import java.util.Set;

/** Configures the whole registry; every other record of configuration lives beside its feature. */
public record RegistryConfig(
    @Doc("The port that clients talk to.") HttpConfig http,
    @Doc("The port for health and metrics.") OpsConfig ops,
    @Doc("Where the bytes of blobs lie.") StorageConfig storage,
    @Doc("Where the registry keeps what it knows about the blobs.") DatabaseConfig database,
    @Doc("How Redis is used, with storage.cache.redis_url.") RedisConfig redis,
    @Doc("Uploads that are not finished.") UploadConfig uploads,
    @Doc("What a manifest must bring with it.") ManifestConfig manifests,
    @Doc("When what nothing needs any more is deleted.") GcConfig gc,
    @Doc("What is kept in memory.") CacheConfig cache,
    @Doc("The check of all bytes.") ScrubConfig scrub,
    @Doc("Who must say who they are.") AuthConfig auth,
    @Doc("What is kept of who did what.") AuditConfig audit,
    @Doc("How this node and others are one registry.") ClusterConfig cluster,
    @Doc("How the server ends.") ShutdownConfig drain,
    @Doc("What is logged and how.") LogConfig log) {
  public RegistryConfig {
    Checks checks = new Checks();
    checks.that(
        gc.grace().compareTo(uploads.timeout()) >= 0,
        "gc.grace",
        "at least uploads.timeout, which is " + Durations.format(uploads.timeout()));
    redis.check(checks, "storage.cache.redis_url", storage.cache().redisUrl());
    checks
        .that(
            http.tls().isPresent() || !ops.tls(),
            "http.tls.certificate",
            "a file, because ops.tls is set")
        .that(
            http.isLoopback() || auth.mode() != null,
            "auth.mode",
            "a choice, because http.host "
                + http.host()
                + " can be reached from other machines: write auth.mode: none (or set"
                + " REGISTRY_AUTH_MODE=none) to let everybody push, pull and delete")
        .that(
            !cluster.enabled()
                || (storage.backend() == StorageConfig.Backend.S3
                    && database.postgres().isPresent()),
            "cluster.enabled",
            "false, because nodes can share only a bucket (storage.backend: s3) and PostgreSQL"
                + " (database.url)")
        .done();
  }

  /**
   * Reads the configuration; from the environment also what CNCF Distribution reads from there.
   *
   * @throws io.slipway.runtime.ConfigException with everything that is wrong with it
   */
  public static Loaded<RegistryConfig> load(ConfigSources sources) {
    return loader()
        .load(
            new ConfigSources(
                sources.file(),
                DistributionVariables.translated(sources.environment()),
                sources.flags()));
  }

  /** Returns a loader; {@code REGISTRY_AUTH_FILE} belongs to Podman. */
  public static ConfigLoader<RegistryConfig> loader() {
    return new ConfigLoader<>(RegistryConfig.class, "REGISTRY_", Set.of("REGISTRY_AUTH_FILE"));
  }

  /** Tells whether many nodes may work on these stores, so that a lease decides and no folder. */
  boolean isShared() {
    return storage.backend() == StorageConfig.Backend.S3 && database.postgres().isPresent();
  }

  /** Returns the address by which a program on this machine reaches a server on a port. */
  public URI address(int port) {
    return url(http.tls().isPresent(), reachable(http.host()), port);
  }

  private static String reachable(String host) {
    return switch (host) {
      case "0.0.0.0" -> "127.0.0.1";
      case "::" -> "::1";
      default -> host;
    };
  }

  /**
   * Returns what a server on a port listens on, all addresses of the machine as they are written.
   */
  public URI listeningOn(int port) {
    return url(http.tls().isPresent(), http.host(), port);
  }

  private static URI url(boolean tls, String host, int port) {
    String quoted = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return URI.create((tls ? "https://" : "http://") + quoted + ":" + port);
  }

  /**
   * Returns the address of the health check on the port that clients talk to; on the ops port, if
   * there is one, when that lets nobody in without a certificate.
   */
  public URI healthAddress() {
    Integer opsPort = ops.port();
    return http.tls().clientAuth() == ClientAuth.REQUIRED && opsPort != null
        ? url(ops.tls(), reachable(ops.host()), opsPort).resolve("/readyz")
        : address(http.port()).resolve("/api/v1/registry/health");
  }

  /** Returns what holds when nobody configures anything. */
  public static RegistryConfig standard() {
    return loader().load(new ConfigSources(null, Map.of(), Map.of())).config();
  }
}
