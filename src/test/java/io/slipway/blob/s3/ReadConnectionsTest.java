package io.slipway.blob.s3;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.blob.S3Config;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many connections to S3 pulls open, those included that wait for the next one. */
class ReadConnectionsTest {
  private static final int LOOPS = 4;
  private static final int CONNECTIONS = 8;

  private final Vertx s3 = Vertx.vertx();
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(LOOPS));
  private final Steps steps = new Steps();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger made = new AtomicInteger();
  private S3Clients clients;
  private S3Reads reads;

  @BeforeEach
  void open() {
    HttpServer server =
        s3.createHttpServer().connectionHandler(this::count).requestHandler(this::answer);
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
            "storage.s3.max_connections",
            String.valueOf(CONNECTIONS));
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
    get(s3.close());
  }

  private void count(HttpConnection connection) {
    made.incrementAndGet();
    most.accumulateAndGet(open.incrementAndGet(), Math::max);
    connection.closeHandler(ignored -> open.decrementAndGet());
  }

  private void answer(HttpServerRequest request) {
    request.response().setStatusCode(206).end(Buffer.buffer("0123456789"));
  }

  /** Reads as many objects at once as may be, on one event loop, to their ends. */
  private void readAll(Context context) {
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      Promise<Void> over = Promise.promise();
      all.add(over.future());
      context.runOnContext(
          ignored ->
              reads
                  .get(
                      context,
                      "blobs/one",
                      0,
                      10,
                      () ->
                          new S3Segment(
                              context, Duration.ofSeconds(10), () -> {}, over::tryComplete))
                  .onFailure(over::tryFail));
    }
    get(Future.all(all));
  }

  /** Each is on the next event loop. */
  private Context anotherContext() {
    return ((VertxInternal) vertx).createEventLoopContext();
  }

  @Test
  void keepsNoMoreThanMayBeInUseThoughEachEventLoopHasItsOwn() {
    for (int i = 0; i < LOOPS; i++) {
      readAll(anotherContext());
    }
    Eventually.happens("connections end that nobody needs", () -> open.get() <= CONNECTIONS);
    assertThat(most).hasValueLessThanOrEqualTo(2 * CONNECTIONS);
  }

  @Test
  void readsOverTheSameOnesAgain() {
    Context context = anotherContext();
    for (int i = 0; i < LOOPS; i++) {
      readAll(context);
    }
    assertThat(made).hasValueLessThanOrEqualTo(CONNECTIONS);
  }
}
