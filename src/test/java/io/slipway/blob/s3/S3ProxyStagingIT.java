package io.slipway.blob.s3;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.blob.Staging;
import io.slipway.blob.StagingContract;
import io.slipway.testing.OneProfile;
import io.slipway.testing.S3ProxyServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

@OneProfile("has a bucket of its own")
class S3ProxyStagingIT extends StagingContract {
  @TempDir static Path folder;
  private static S3ProxyServer proxy;

  private final Vertx vertx = Vertx.vertx();
  private String prefix;
  private S3Storage storage;

  @BeforeAll
  static void startServer() {
    proxy = S3ProxyServer.start(folder);
  }

  @AfterAll
  static void stopServer() {
    proxy.close();
  }

  @BeforeEach
  void open(TestInfo test) throws IOException, InterruptedException {
    prefix = test.getDisplayName().replaceAll("\\W", "") + "/";
    storage = S3Storage.open(vertx, proxy.config(prefix), new SimpleMeterRegistry());
  }

  @AfterEach
  void close() throws InterruptedException {
    storage.close();
    get(vertx.close());
  }

  @Override
  protected Staging staging() {
    return storage.staging();
  }

  @Override
  protected byte[] published(String location) {
    return proxy.read(prefix + location);
  }

  @Override
  protected void requireNothingLeft() {
    assertThat(proxy.unfinished(prefix)).isEmpty();
    assertThat(proxy.keys(prefix)).noneMatch(key -> key.matches("uploads/.*\\.\\d+\\.\\d+"));
  }
}
