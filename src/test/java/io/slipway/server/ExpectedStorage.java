package io.slipway.server;

import io.slipway.blob.S3Config;
import io.slipway.blob.StorageCacheConfig;
import io.slipway.blob.StorageConfig;
import io.slipway.runtime.DataSize;
import io.slipway.runtime.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** What {@link RegistryConfigTest} expects of the section {@code storage}. */
final class ExpectedStorage {
  static final StorageConfig STANDARD =
      new StorageConfig(
          StorageConfig.Backend.FILESYSTEM,
          Path.of("./data"),
          new DataSize(1 << 30),
          new StorageConfig.Delete(true),
          null,
          new S3Config(
              null,
              "",
              "us-east-1",
              null,
              false,
              null,
              null,
              null,
              128,
              Duration.ofSeconds(30),
              DataSize.ofMebibytes(16),
              DataSize.ofMebibytes(64),
              false,
              null,
              S3Config.Encryption.NONE,
              null),
          new StorageCacheConfig(StorageCacheConfig.Type.NONE, null, null, 10, 95, 85));

  static final StorageConfig CHANGED =
      new StorageConfig(
          StorageConfig.Backend.S3,
          Path.of("/var/lib/registry"),
          new DataSize(5_000_000_000L),
          new StorageConfig.Delete(false),
          Duration.ofHours(1),
          new S3Config(
              "blobs",
              "registry/",
              "eu-central-1",
              URI.create("http://127.0.0.1:9000"),
              true,
              Secret.of("key"),
              Secret.of("secret"),
              Secret.of("token"),
              16,
              Duration.ofSeconds(5),
              DataSize.ofMebibytes(8),
              DataSize.ofMebibytes(32),
              true,
              URI.create("https://s3.example.org"),
              S3Config.Encryption.KMS,
              "kms-key"),
          new StorageCacheConfig(
              StorageCacheConfig.Type.REDIS,
              Secret.of("rediss-sentinel://s1,s2/3?master=main"),
              Path.of("/var/cache/registry"),
              50,
              90,
              70));

  private ExpectedStorage() {}
}
