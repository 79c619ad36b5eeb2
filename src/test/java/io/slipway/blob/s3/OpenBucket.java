package io.slipway.blob.s3;

import static io.slipway.testing.SqliteExtension.get;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.blob.S3Config;
import io.vertx.core.Vertx;

/** A bucket with what it needs, for tests without a registry. */
public record OpenBucket(Vertx vertx, S3Storage storage) implements AutoCloseable {
  public static OpenBucket open(S3Config config) {
    Vertx vertx = Vertx.vertx();
    try {
      return new OpenBucket(vertx, S3Storage.open(vertx, config, new SimpleMeterRegistry()));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      storage.close();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    get(vertx.close());
  }
}
