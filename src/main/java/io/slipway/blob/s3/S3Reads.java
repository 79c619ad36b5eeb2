package io.slipway.blob.s3;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.slipway.blob.S3Config;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Asks for the bytes of blobs. Over connections of its own and not the SDK's, because those hand
 * out 8 KiB at a time on other threads: here every event loop has its connections, and bytes stay
 * on the thread of the client they go to. Thread-safe.
 */
final class S3Reads {
  /** Bytes that arrive as one buffer. */
  private static final int CHUNK = 32 * 1024;

  /** Servers close connections that were idle, some after 20 seconds. */
  private static final int KEPT_SECONDS = 10;

  /** Shorter than the hour for which a key that was left is kept. */
  private static final Duration SIGNED_FOR = Duration.ofMinutes(20);

  private static final int MOST_OF_AN_ERROR = 16 * 1024;
  private static final Pattern CODE = Pattern.compile("<Code>(\\w+)</Code>");

  private final BackoffStrategy delays = S3Clients.delays();
  private final Map<EventLoop, HttpClient> clients = new HashMap<>();
  private final S3Bucket bucket;
  private final S3Clients requests;
  private final Steps steps;
  private final ReadSlots slots;
  private final Duration timeout;
  private final int connections;

  /** Those of all event loops, in use or not. */
  private final AtomicInteger open = new AtomicInteger();

  /** Makes one without a connection; outside of every context, so that it lives until closed. */
  S3Reads(Vertx vertx, S3Bucket bucket, S3Clients requests, Steps steps, MeterRegistry meters) {
    this.bucket = bucket;
    this.requests = requests;
    this.steps = steps;
    this.timeout = bucket.config().timeout();
    this.connections = bucket.config().maxConnections();
    this.slots = new ReadSlots(vertx, connections, timeout, meters);
    PoolOptions pool = new PoolOptions().setHttp1MaxSize(connections);
    for (EventExecutor loop : ((VertxInternal) vertx).nettyEventLoopGroup()) {
      clients.put(
          (EventLoop) loop,
          vertx
              .httpClientBuilder()
              .with(options(bucket.config()))
              .with(pool)
              .withConnectHandler(this::count)
              .build());
    }
  }

  private void count(HttpConnection connection) {
    open.incrementAndGet();
    connection.closeHandler(ignored -> open.decrementAndGet());
  }

  /** Returns the rights to read, one of which belongs to every segment. */
  ReadSlots slots() {
    return slots;
  }

  /** Returns how long S3 may be silent. */
  Duration patience() {
    return timeout;
  }

  /** Tells whether clients are sent to S3 to read. */
  boolean redirects() {
    return bucket.config().redirect();
  }

  /** Returns an address at which S3 gives anybody an object for a while. */
  Future<URI> redirect(String key) {
    return steps.one(() -> URI.create(sign(requests.redirects(), key)));
  }

  private static HttpClientOptions options(S3Config config) {
    return new HttpClientOptions()
        .setConnectTimeout(Math.toIntExact(config.timeout().toMillis()))
        .setMaxChunkSize(CHUNK)
        .setKeepAliveTimeout(KEPT_SECONDS)
        .setTcpKeepAlive(true)
        .setDecompressionSupported(false);
  }

  /**
   * Asks for a part of an object, again if S3 does not work; completes on the context when its
   * bytes are about to come.
   *
   * @param target what they are told to; tells where it is over, too
   */
  Future<S3Segment> get(
      Context context, String key, long offset, long length, Supplier<S3Segment> target) {
    return attempt(context, key, S3Bucket.range(offset, length), target, 1);
  }

  private Future<S3Segment> attempt(
      Context context, String key, String range, Supplier<S3Segment> target, int number) {
    return steps
        .one(() -> sign(requests.signatures(), key))
        .compose(url -> send(context, url, range))
        .compose(response -> begin(response, target))
        .recover(
            failure ->
                number < S3Clients.ATTEMPTS && isPassing(failure)
                    ? context
                        .owner()
                        .timer(
                            Math.max(1, delays.computeDelay(number).toMillis()),
                            TimeUnit.MILLISECONDS)
                        .compose(ignored -> attempt(context, key, range, target, number + 1))
                    : Future.failedFuture(failure));
  }

  /** Credentials may have to be fetched before. */
  private String sign(S3Presigner signatures, String key) {
    return signatures
        .presignGetObject(
            get ->
                get.signatureDuration(SIGNED_FOR)
                    .getObjectRequest(object -> object.bucket(bucket.name()).key(bucket.full(key))))
        .url()
        .toString();
  }

  private Future<HttpClientResponse> send(Context context, String url, String range) {
    EventLoop loop = ((ContextInternal) context).nettyEventLoop();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setAbsoluteURI(url)
            .putHeader("Range", range)
            .setConnectTimeout(timeout.toMillis())
            // Of the head; the segment waits for the body.
            .setIdleTimeout(timeout.toMillis());
    return requireNonNull(clients.get(loop))
        .request(options)
        .compose(this::send)
        .recover(failure -> Future.failedFuture(silent(failure)));
  }

  /**
   * Keeps the connection for the next one unless there are enough: other event loops may keep as
   * many, which nobody can use here.
   */
  private Future<HttpClientResponse> send(HttpClientRequest request) {
    if (open.get() > connections) {
      request.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    return request.send();
  }

  /** Without the message, in which the address stands with its signature. */
  private static SdkClientException silent(Throwable failure) {
    return SdkClientException.create(
        "S3 does not answer: " + failure.getClass().getSimpleName(), failure);
  }

  private Future<S3Segment> begin(HttpClientResponse response, Supplier<S3Segment> target) {
    int status = response.statusCode();
    if (status != 200 && status != 206) {
      requests.clock().heard(response.getHeader("Date"));
      return refused(response);
    }
    S3Segment segment = target.get();
    segment.begin(response);
    return Future.succeededFuture(segment);
  }

  private Future<S3Segment> refused(HttpClientResponse response) {
    Buffer text = Buffer.buffer();
    response.handler(
        bytes -> {
          if (text.length() < MOST_OF_AN_ERROR) {
            text.appendBuffer(bytes);
          }
        });
    return response
        .end()
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(ignored -> response.request().reset())
        .transform(ignored -> Future.failedFuture(failure(response.statusCode(), text.toString())));
  }

  /** Returns what the SDK would throw, so that failures of S3 mean one thing everywhere. */
  private static SdkException failure(int status, String text) {
    Matcher code = CODE.matcher(text);
    return (SdkException)
        S3Exception.builder()
            .statusCode(status)
            .awsErrorDetails(
                AwsErrorDetails.builder().errorCode(code.find() ? code.group(1) : "").build())
            .message("S3 answered " + status)
            .build();
  }

  /** Tells whether the same may work a moment later. */
  private static boolean isPassing(Throwable failure) {
    return switch (failure) {
      case S3Exception answer ->
          answer.statusCode() >= 500
              || answer.statusCode() == 429
              || S3Failures.code(answer).startsWith("RequestTimeout");
      case SdkClientException ignored -> true;
      default -> false;
    };
  }

  /** Ends all connections. */
  void close() {
    clients.values().forEach(HttpClient::close);
  }
}
