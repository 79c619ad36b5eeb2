package io.slipway.blob.s3;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.blob.Staging;
import io.slipway.blob.StagingContract;
import io.slipway.testing.FakeS3;
import io.vertx.core.Vertx;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class S3StagingTest extends StagingContract {
  private final Vertx vertx = Vertx.vertx();
  private final FakeS3 fake = new FakeS3();
  private S3Storage storage;

  @BeforeEach
  void open() throws IOException, InterruptedException {
    storage = S3Storage.open(vertx, fake.config(), new SimpleMeterRegistry());
  }

  @AfterEach
  void close() throws InterruptedException {
    assertThat(fake.overwritten()).isEmpty();
    storage.close();
    fake.close();
    get(vertx.close());
  }

  @Override
  protected Staging staging() {
    return storage.staging();
  }

  @Override
  protected byte[] published(String location) {
    return fake.read(location);
  }

  @Override
  protected void requireNothingLeft() {
    assertThat(fake.unfinished()).isEmpty();
    assertThat(fake.keys()).noneMatch(key -> key.matches("uploads/.*\\.\\d+\\.\\d+"));
  }
}
