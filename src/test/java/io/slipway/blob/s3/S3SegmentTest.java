package io.slipway.blob.s3;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class S3SegmentTest {
  private static final int KIBIBYTE = 1024;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private HttpServer server;
  private HttpClient client;

  @BeforeEach
  void start() {
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(
                request -> {
                  int size = Integer.parseInt(request.uri().substring(1));
                  request.response().end(Buffer.buffer(new byte[size]));
                });
    get(server.listen());
    client =
        vertx.createHttpClient(
            new HttpClientOptions().setMaxChunkSize(32 * KIBIBYTE),
            new PoolOptions().setHttp1MaxSize(1));
  }

  @AfterEach
  void close() {
    get(vertx.close());
  }

  /**
   * Asks on the context, and begins the segment there.
   *
   * @param settled told when it has all of its bytes, or as many as it takes
   */
  private Future<S3Segment> segment(int size, Runnable settled) {
    Promise<S3Segment> begun = Promise.promise();
    context.runOnContext(
        ignored ->
            client
                .request(HttpMethod.GET, server.actualPort(), "127.0.0.1", "/" + size)
                .compose(HttpClientRequest::send)
                .map(response -> begin(response, settled))
                .onComplete(begun));
    return begun.future();
  }

  private S3Segment begin(HttpClientResponse response, Runnable settled) {
    AtomicReference<S3Segment> segment = new AtomicReference<>();
    Runnable look =
        () -> {
          if (segment.get().isFull()) {
            settled.run();
          }
        };
    segment.set(new S3Segment(context, Duration.ofMinutes(1), look, settled));
    segment.get().begin(response);
    return segment.get();
  }

  private void cancel(S3Segment segment) {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        ignored -> {
          segment.cancel();
          done.complete();
        });
    get(done.future());
  }

  @Test
  void leavesTheConnectionToOthersWhenAllHasArrived() {
    int ended = 0;
    for (int size = 60; size < 132; size++) {
      Promise<Void> settled = Promise.promise();
      S3Segment first = get(segment(size * KIBIBYTE, settled::tryComplete));
      Future<S3Segment> second = segment(1, () -> {});
      get(settled.future());
      // One that has not got everything holds the connection.
      boolean whole = first.hasEverything();
      if (!whole) {
        cancel(first);
      }
      get(second);
      ended += whole ? 1 : 0;
    }
    assertThat(ended).isPositive();
  }
}
