package io.slipway.metadata;

import io.slipway.runtime.Checks;
import io.slipway.runtime.DataSize;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import io.slipway.runtime.Secret;
import io.slipway.runtime.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Configures how the Redis is reached and used in which nodes find each other's manifests; where it
 * is says {@code storage.cache.redis_url}.
 */
public record RedisConfig(
    @Doc("Password for Redis, instead of one in storage.cache.redis_url.")
        @Nullable Secret password,
    @Doc("Password for the sentinels themselves, if they want one.")
        @Nullable Secret sentinelPassword,
    @Doc("PEM file of the authorities that may sign Redis' certificates; without it, the JVM's.")
        @Nullable Path authority,
    @Doc("Whether a certificate must be for the host that is connected to.") @Default("true")
        boolean verifyHost,
    @Doc("Certificate to show to Redis.") TlsFiles tls,
    @Doc("How long a request waits for Redis before it goes on without.") @Default("100ms")
        Duration timeout,
    @Doc("How long Redis keeps a manifest.") @Default("1d") Duration ttl,
    @Doc("Largest manifest that is given to Redis.") @Default("256KiB") DataSize largest) {
  private static final DataSize LEAST = DataSize.parse("1KiB");
  private static final DataSize MOST = DataSize.parse("4MiB");

  public RedisConfig {
    new Checks()
        .range("timeout", timeout, Duration.ofMillis(5), Duration.ofSeconds(5))
        .range("ttl", ttl, Duration.ofSeconds(1), Duration.ofDays(365))
        .range("largest", largest, LEAST, MOST)
        .done();
  }

  /**
   * Expects what goes together with a URL, or with none.
   *
   * @param checks of the whole configuration
   * @param urlKey the key of the URL
   */
  public void check(Checks checks, String urlKey, @Nullable Secret url) {
    @Nullable String problem = problem(url);
    boolean sentinel = url != null && url.reveal().contains("-sentinel:");
    boolean encrypted = url != null && url.reveal().startsWith("rediss");
    boolean named = problem == null && url != null && RedisUrl.parse(url.reveal()).lacksPassword();
    checks
        .that(problem == null, urlKey, String.valueOf(problem))
        .that(
            !named || password != null,
            "redis.password",
            "a password, because " + urlKey + " names a user")
        .that(
            password == null || url != null,
            "redis.password",
            "no password, because " + urlKey + " is not set")
        .that(
            sentinelPassword == null || sentinel,
            "redis.sentinel_password",
            "no password, because " + urlKey + " names no sentinels")
        .that(
            authority == null || encrypted,
            "redis.authority",
            "no file, because " + urlKey + " does not begin with rediss")
        .that(
            !tls.isPresent() || encrypted,
            "redis.tls.certificate",
            "no file, because " + urlKey + " does not begin with rediss");
  }

  private static @Nullable String problem(@Nullable Secret url) {
    try {
      if (url != null) {
        RedisUrl.parse(url.reveal());
      }
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }
}
