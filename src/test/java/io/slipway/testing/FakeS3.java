package io.slipway.testing;

import io.slipway.blob.S3Config;
import io.slipway.runtime.ConfigSources;
import io.slipway.runtime.ConfigSources.Flag;
import io.slipway.server.RegistryConfig;
import io.slipway.testing.FakeObjects.Multipart;
import io.slipway.testing.FakeObjects.Refusal;
import io.slipway.testing.S3Fault.Kind;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Speaks as much of S3 as Slipway may use, and refuses what one of AWS, R2, Ceph or GCS refuses:
 * parts of unequal size, ranges of small objects as parts, many deletions in one request unless it
 * is told to take them, conditions on writes, chunks with trailing checksums, signatures that ran
 * out, a listing of unfinished uploads by anything but the exact key or a folder.
 */
public final class FakeS3 implements AutoCloseable {
  public static final String BUCKET = "bucket";

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final FakeObjects kept;
  private final List<S3Fault> faults = new CopyOnWriteArrayList<>();
  private final SeenRequests seen = new SeenRequests();
  private volatile Duration clock = Duration.ZERO;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicInteger sending = new AtomicInteger();
  private final FakeDeletions deletions;
  private final FakeOperations operations;

  public FakeS3() {
    this(5 * 1024 * 1024);
  }

  /** Starts a server with one empty bucket. */
  public FakeS3(int leastPart) {
    this.kept = new FakeObjects(leastPart);
    this.deletions = new FakeDeletions(kept);
    this.operations = new FakeOperations(vertx, kept, deletions, seen, sent, sending);
    this.server =
        await(
            vertx
                .createHttpServer(new HttpServerOptions().setMaxInitialLineLength(16384))
                .requestHandler(this::receive)
                .listen(0, "127.0.0.1"));
  }

  private static <T> T await(io.vertx.core.Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public String endpoint() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  /** Returns the settings of a registry that uses it, and more, as keys and values in turn. */
  public String[] settings(String... more) {
    String[] own = {
      "storage.backend", "s3",
      "storage.s3.bucket", BUCKET,
      "storage.s3.endpoint", endpoint(),
      "storage.s3.path_style", "true",
      "storage.s3.access_key", "key",
      "storage.s3.secret_key", "secret",
      "storage.s3.part_size", "5MiB"
    };
    return Stream.of(own, more).flatMap(Stream::of).toArray(String[]::new);
  }

  /** Returns them as the part of the configuration that they are. */
  public S3Config config() {
    return config(settings());
  }

  /** Makes a configuration of settings, each a key and a value. */
  public static S3Config config(String... settings) {
    Map<String, Flag> flags = new TreeMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      flags.put("--" + settings[i], new Flag(settings[i], settings[i + 1]));
    }
    return RegistryConfig.loader()
        .load(new ConfigSources(null, Map.of(), flags))
        .config()
        .storage()
        .s3();
  }

  /** Makes the server's clock go forward, by which signatures end. */
  public void advance(Duration by) {
    clock = clock.plus(by);
  }

  /** Makes requests like {@code PUT uploads/…?partNumber=1} fail that a pattern is found in. */
  public S3Fault slowDown(String pattern, int times) {
    return add(new S3Fault(pattern, Kind.SLOW_DOWN, times, 0));
  }

  public S3Fault error(String pattern, int times) {
    return add(new S3Fault(pattern, Kind.ERROR, times, 0));
  }

  public S3Fault denied(String pattern, int times) {
    return add(new S3Fault(pattern, Kind.DENIED, times, 0));
  }

  /** Answers 404 as a proxy does that finds no server behind it. */
  public S3Fault proxy404(String pattern, int times) {
    return add(new S3Fault(pattern, Kind.PROXY_404, times, 0));
  }

  public S3Fault full(String pattern, int times) {
    return add(new S3Fault(pattern, Kind.FULL, times, 0));
  }

  public S3Fault reset(String pattern, int times) {
    return add(new S3Fault(pattern, Kind.RESET, times, 0));
  }

  public S3Fault loseAnswer(String pattern, int times) {
    return add(new S3Fault(pattern, Kind.LOSE_ANSWER, times, 0));
  }

  /** Breaks connections after so many bytes of the body. */
  public S3Fault breakBody(String pattern, int bytes, int times) {
    return add(new S3Fault(pattern, Kind.BREAK_BODY, times, bytes));
  }

  /** Stops in the middle of bodies, after so many bytes and until the fault is lifted. */
  public S3Fault holdBody(String pattern, int bytes, int times) {
    return add(new S3Fault(pattern, Kind.HOLD_BODY, times, bytes));
  }

  /** Sends other bytes, as many. */
  public S3Fault spoilBody(String pattern, int times) {
    return add(new S3Fault(pattern, Kind.SPOIL_BODY, times, 0));
  }

  /**
   * Answers listings with empty pages that are not the last, as some servers do. Two in a row lead
   * to the same place.
   */
  public S3Fault emptyPage(String pattern, int times) {
    return add(new S3Fault(pattern, Kind.EMPTY_PAGE, times, 0));
  }

  /** Answers listings with empty pages that are not the last and lead nowhere. */
  public S3Fault deadEnd(String pattern, int times) {
    return add(new S3Fault(pattern, Kind.DEAD_END, times, 0));
  }

  /** Does nothing until the fault is lifted. */
  public S3Fault hold(String pattern, int times) {
    return add(new S3Fault(pattern, Kind.HOLD, times, 0));
  }

  public S3Fault stall(String pattern, int times) {
    return add(new S3Fault(pattern, Kind.STALL, times, 0));
  }

  /** Says whether it takes many deletions in one request, as most servers do; returns itself. */
  public FakeS3 deletesMany(boolean many) {
    deletions.take(many);
    return this;
  }

  /** Makes a request for many deletions leave a key, for a reason; with an empty one no more. */
  public void lock(String key, String code) {
    deletions.lock(key, code);
  }

  private S3Fault add(S3Fault fault) {
    faults.add(fault);
    return fault;
  }

  /** Returns the keys of all objects. */
  public List<String> keys() {
    return List.copyOf(kept.objects.keySet());
  }

  /** Returns the keys of unfinished multipart uploads. */
  public List<String> unfinished() {
    return kept.multiparts.values().stream().map(Multipart::key).toList();
  }

  /** Returns the keys that were written more than once, which no protocol of ours does. */
  public List<String> overwritten() {
    return List.copyOf(kept.overwritten);
  }

  /** Returns how many objects were copied within the bucket, each in one request. */
  public int copied() {
    return kept.copied.get();
  }

  /** Returns what was asked for, in order. */
  public List<String> requests() {
    return seen.lines();
  }

  /** Returns how many requests have come. */
  public int received() {
    return seen.count();
  }

  FakeObjects kept() {
    return kept;
  }

  /** Forgets everything below a prefix. */
  void removeAll(String prefix) {
    kept.objects.keySet().removeIf(key -> key.startsWith(prefix));
    kept.multiparts.values().removeIf(one -> one.key().startsWith(prefix));
  }

  public long count(String pattern) {
    Pattern wanted = Pattern.compile(pattern);
    return requests().stream().filter(request -> wanted.matcher(request).find()).count();
  }

  /** Returns how what was asked for was signed and encrypted, and what it wrote. */
  public SeenRequests seen() {
    return seen;
  }

  /** Returns how many bytes of objects it has handed to the network. */
  public long sent() {
    return sent.get();
  }

  /** Returns how many bodies are on their way: neither ended nor broken off by their reader. */
  public int sending() {
    return sending.get();
  }

  public byte[] read(String key) {
    return kept.get(key).getBytes();
  }

  public void put(String key, byte[] bytes) {
    kept.put(key, Buffer.buffer(bytes));
  }

  /** Begins a multipart upload that nobody will go on with. */
  public String begin(String key) {
    return kept.create(key);
  }

  public void remove(String key) {
    kept.objects.remove(key);
  }

  /** Makes everything look older. */
  public void age(Duration by) {
    kept.objects.replaceAll((key, stored) -> stored.older(by));
    kept.multiparts.replaceAll(
        (id, one) -> new Multipart(one.key(), one.parts(), one.time().minus(by)));
  }

  private void receive(HttpServerRequest request) {
    String path = URLDecoder.decode(request.path(), StandardCharsets.UTF_8);
    String key = path.substring(Math.min(path.length(), BUCKET.length() + 2));
    String line = seen.add(request, key);
    S3Fault fault = faults.stream().filter(one -> one.strikes(line)).findFirst().orElse(null);
    Kind kind = fault == null ? null : fault.kind();
    if (kind == Kind.RESET) {
      request.connection().close();
      return;
    }
    request.response().putHeader("Date", FakeRules.date(clock));
    request.body().onSuccess(body -> answer(request, path, key, body, fault));
  }

  private void answer(
      HttpServerRequest request, String path, String key, Buffer body, @Nullable S3Fault fault) {
    Kind kind = fault == null ? null : fault.kind();
    if (kind == Kind.STALL) {
      return;
    } else if (fault != null && kind == Kind.HOLD) {
      Context context = Objects.requireNonNull(Vertx.currentContext());
      fault.hold(() -> context.runOnContext(ignored -> answer(request, path, key, body, null)));
      return;
    } else if (kind == Kind.PROXY_404) {
      request.response().setStatusCode(404).end("404 page not found\n");
      return;
    }
    if (kind == Kind.EMPTY_PAGE || kind == Kind.DEAD_END) {
      request
          .response()
          .putHeader("Content-Type", "application/xml")
          .end(FakeListing.emptyPage(request, kind == Kind.EMPTY_PAGE));
      return;
    }
    try {
      if (kind == Kind.SLOW_DOWN) {
        throw new Refusal(503, "SlowDown");
      } else if (kind == Kind.ERROR) {
        throw new Refusal(500, "InternalError");
      } else if (kind == Kind.FULL) {
        throw new Refusal(507, "XMinioStorageFull");
      } else if (kind == Kind.DENIED) {
        throw new Refusal(403, "AccessDenied");
      }
      FakeRules.requireAllowed(request, path, clock);
      seen.add(request, key, body);
      operations.handle(request, key, body, fault);
    } catch (Refusal e) {
      refuse(request.response(), e);
    }
  }

  private static void refuse(HttpServerResponse response, Refusal e) {
    response.setStatusCode(e.status).putHeader("Content-Type", "application/xml");
    response.end(
        "<?xml version=\"1.0\"?><Error><Code>" + e.code + "</Code><Message>no</Message></Error>");
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
