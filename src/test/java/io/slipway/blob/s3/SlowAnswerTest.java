package io.slipway.blob.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.blob.S3Config;
import io.slipway.testing.FakeS3;
import io.slipway.testing.S3Fault;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/** A request that is never silent for long, and never done. */
class SlowAnswerTest {
  private final FakeS3 fake = new FakeS3();
  private S3Clients clients;
  private S3Bucket bucket;

  @BeforeEach
  void open() {
    S3Config config = fake.config();
    clients = S3Clients.open(config, Duration.ofSeconds(2));
    bucket = new S3Bucket(clients.requests(), config, FakeS3.BUCKET);
  }

  @AfterEach
  void close() {
    clients.close();
    fake.close();
  }

  @Test
  void isGivenUp() throws Exception {
    fake.put("object", new byte[1000]);
    S3Fault held = fake.holdBody("^GET object", 10, Integer.MAX_VALUE);
    CompletableFuture<ByteBuffer> read = bucket.read("object", 0, 1000);
    // Less than what silence is bounded by.
    assertThatThrownBy(() -> read.get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ApiCallTimeoutException.class);
    held.lift();
    assertThat(bucket.read("object", 0, 1000).get(20, TimeUnit.SECONDS).remaining())
        .isEqualTo(1000);
  }
}
