package io.slipway.blob.s3;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.blob.S3Config;
import io.slipway.testing.FakeS3;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** An S3 that does not come to an end of its answers. */
class S3ReadsTest {
  private static final int ATTEMPTS = 4;

  private final Vertx vertx = Vertx.vertx();
  private final Steps steps = new Steps();
  private final AtomicInteger requests = new AtomicInteger();
  private boolean begins;
  private S3Clients clients;
  private S3Reads reads;

  @BeforeEach
  void open() {
    HttpServer server = vertx.createHttpServer().requestHandler(this::answer);
    get(server.listen(0, "127.0.0.1"));
    S3Config config =
        FakeS3.config(
            "storage.backend",
            "s3",
            "storage.s3.bucket",
            "bucket",
            "storage.s3.endpoint",
            "http://127.0.0.1:" + server.actualPort(),
            "storage.s3.path_style",
            "true",
            "storage.s3.access_key",
            "key",
            "storage.s3.secret_key",
            "secret",
            "storage.s3.timeout",
            "1s");
    clients = S3Clients.open(config);
    S3Bucket bucket = new S3Bucket(clients.requests(), config, "bucket");
    reads = new S3Reads(vertx, bucket, clients, steps, new SimpleMeterRegistry());
  }

  @AfterEach
  void close() throws InterruptedException {
    reads.close();
    steps.close();
    clients.close();
    get(vertx.close());
  }

  private void answer(HttpServerRequest request) {
    requests.incrementAndGet();
    if (begins) {
      request.response().setStatusCode(503).setChunked(true).write("<Error><Code>SlowDown</Code>");
    }
  }

  private Future<S3Segment> read() {
    Context context = vertx.getOrCreateContext();
    Promise<S3Segment> read = Promise.promise();
    context.runOnContext(
        ignored ->
            reads
                .get(
                    context,
                    "blobs/one",
                    0,
                    10,
                    () -> new S3Segment(context, Duration.ofSeconds(1), () -> {}, () -> {}))
                .onComplete(read));
    return read.future();
  }

  @Test
  void tellsNothingOfTheSignatureWhenS3IsSilent() {
    assertThatThrownBy(() -> get(read()))
        .isInstanceOf(SdkClientException.class)
        .hasMessageContaining("S3 does not answer")
        .hasMessageNotContaining("X-Amz");
    assertThat(requests).hasValue(ATTEMPTS);
  }

  @Test
  void tellsWhatAnAnswerBeganWithThatNeverEnds() {
    begins = true;
    assertThatThrownBy(() -> get(read()))
        .isInstanceOfSatisfying(
            S3Exception.class,
            failure -> {
              assertThat(failure.statusCode()).isEqualTo(503);
              assertThat(failure.awsErrorDetails().errorCode()).isEqualTo("SlowDown");
            });
    assertThat(requests).hasValue(ATTEMPTS);
  }
}
