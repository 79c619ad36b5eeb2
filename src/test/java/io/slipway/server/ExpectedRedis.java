package io.slipway.server;

import io.slipway.metadata.RedisConfig;
import io.slipway.runtime.DataSize;
import io.slipway.runtime.Secret;
import io.slipway.runtime.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;

/** What {@link RegistryConfigTest} expects of the section {@code redis}. */
final class ExpectedRedis {
  static final RedisConfig STANDARD =
      new RedisConfig(
          null,
          null,
          null,
          true,
          new TlsFiles(null, null),
          Duration.ofMillis(100),
          Duration.ofDays(1),
          new DataSize(256 << 10));

  static final RedisConfig CHANGED =
      new RedisConfig(
          Secret.of("hush"),
          Secret.of("psst"),
          Path.of("/redis/ca.pem"),
          false,
          new TlsFiles(Path.of("/redis/cert.pem"), Path.of("/redis/key.pem")),
          Duration.ofMillis(50),
          Duration.ofHours(1),
          new DataSize(64 << 10));

  private ExpectedRedis() {}
}
