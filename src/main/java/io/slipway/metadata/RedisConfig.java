package io.slipway.metadata;

import io.slipway.runtime.Checks;
import io.slipway.runtime.DataSize;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import io.slipway.runtime.Secret;
import io.slipway.runtime.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Configures the Redis in which nodes that share a PostgreSQL find each other's manifests. */
public record RedisConfig(
    @Doc(
            "Redis beside PostgreSQL: redis://user:password@host:port/database, redis-sentinel://host,host/database?master=name or redis-cluster://host,host; rediss… is TLS.")
        @Nullable Secret url,
    @Doc("Password for Redis, instead of one in redis.url.") @Nullable Secret password,
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
    @Nullable String problem = problem(url);
    boolean sentinel = url != null && url.reveal().contains("-sentinel:");
    boolean encrypted = url != null && url.reveal().startsWith("rediss");
    boolean named = problem == null && url != null && RedisUrl.parse(url.reveal()).lacksPassword();
    new Checks()
        .that(problem == null, "url", String.valueOf(problem))
        .that(!named || password != null, "password", "a password, because redis.url names a user")
        .that(
            password == null || url != null,
            "password",
            "no password, because redis.url is not set")
        .that(
            sentinelPassword == null || sentinel,
            "sentinel_password",
            "no password, because redis.url names no sentinels")
        .that(
            authority == null || encrypted,
            "authority",
            "no file, because redis.url does not begin with rediss")
        .that(
            !tls.isPresent() || encrypted,
            "tls.certificate",
            "no file, because redis.url does not begin with rediss")
        .range("timeout", timeout, Duration.ofMillis(5), Duration.ofSeconds(5))
        .range("ttl", ttl, Duration.ofSeconds(1), Duration.ofDays(365))
        .range("largest", largest, LEAST, MOST)
        .done();
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

  /** Returns where Redis is; empty when there is none. */
  public Optional<RedisUrl> servers() {
    return Optional.ofNullable(url).map(Secret::reveal).map(RedisUrl::parse);
  }
}
