package io.slipway.metadata.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.metadata.RedisConfig;
import io.slipway.metadata.RedisUrl;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.runtime.ConfigLoader;
import io.slipway.runtime.ConfigSources;
import io.slipway.runtime.ConfigSources.Flag;
import io.slipway.testing.Eventually;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Bytes of manifests in a Redis, with the numbers it tells. */
final class RedisFixture implements AutoCloseable {
  final Vertx vertx = Vertx.vertx();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final RedisManifestBytes bytes;

  /**
   * Begins to use a Redis.
   *
   * @param settings keys of the configuration and their values, one after the other
   */
  RedisFixture(String url, String... settings) {
    this.bytes = RedisManifestBytes.open(vertx, RedisUrl.parse(url), config(settings), meters);
  }

  static RedisConfig config(String... settings) {
    Map<String, Flag> flags = new HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      flags.put("--" + settings[i], new Flag(settings[i], settings[i + 1]));
    }
    return new ConfigLoader<>(RedisConfig.class, "REDIS_", Set.of())
        .load(new ConfigSources(null, Map.of(), flags))
        .config();
  }

  static String key(Digest digest) {
    return RedisManifestBytes.PREFIX + digest.text();
  }

  static Digest digest(String content) {
    return Digest.of(DigestAlgorithm.SHA256, content.getBytes(UTF_8));
  }

  static <T> T get(Future<T> future) {
    return SqliteExtension.get(future);
  }

  /** Looks for what has a text's digest and length. */
  Optional<String> find(String content) {
    return get(bytes.find(digest(content), content.getBytes(UTF_8).length))
        .map(found -> found.toString(UTF_8));
  }

  /** Stores a text, and waits until that has come to an end. */
  void remember(String content) {
    double before = writes();
    bytes.remember(digest(content), Buffer.buffer(content));
    Eventually.happens("the write has ended", () -> writes() > before);
  }

  private double writes() {
    return meters.find("slipway.redis.writes").counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  long reads(String outcome) {
    return (long) meters.get("slipway.redis.reads").tag("outcome", outcome).counter().count();
  }

  long writes(String outcome) {
    return (long) meters.get("slipway.redis.writes").tag("outcome", outcome).counter().count();
  }

  boolean isUp() {
    return meters.get("slipway.redis.up").gauge().value() == 1;
  }

  RedisFixture awaitUp() {
    Eventually.happens("Redis is used", this::isUp);
    return this;
  }

  void awaitDown() {
    Eventually.happens("Redis is not used", () -> !isUp());
  }

  @Override
  public void close() {
    get(bytes.close());
    get(vertx.close());
  }
}
