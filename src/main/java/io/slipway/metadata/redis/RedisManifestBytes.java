package io.slipway.metadata.redis;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.metadata.ManifestBytes;
import io.slipway.metadata.RedisConfig;
import io.slipway.metadata.RedisUrl;
import io.slipway.metadata.redis.RedisAway.Reason;
import io.slipway.metadata.redis.RedisMetrics.Outcome;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Keeps the bytes of manifests in Redis, and hashes what comes back. */
public final class RedisManifestBytes implements ManifestBytes {
  /** What every key begins with; a digest follows. */
  static final String PREFIX = "slipway:manifest:";

  /** What may be on its way to Redis; the rest is not stored, which a later miss makes good. */
  private static final long MOST_WRITTEN = 4L << 20;

  private static final Duration LEAST_WRITE_PATIENCE = Duration.ofSeconds(1);

  /** Up to here a hash takes less time than handing it to another thread and back. */
  private static final int HASHED_AT_ONCE = 32 * 1024;

  private final Vertx vertx;
  private final RedisConfig config;
  private final RedisLink link;
  private final RedisMetrics metrics;
  private final AtomicLong written = new AtomicLong();

  private RedisManifestBytes(Vertx vertx, RedisUrl url, RedisConfig config, MeterRegistry meters) {
    this.vertx = vertx;
    this.config = config;
    // What is asked for all day long: it needs no right that would not be needed anyway.
    this.link = new RedisLink(vertx, url, config, range(PREFIX, 0));
    this.metrics = new RedisMetrics(meters, link::isUp);
  }

  /**
   * Begins to use the Redis that is configured, whether it answers or not; blocks for a moment to
   * see that the files are there.
   *
   * @throws IllegalStateException when one of them is not
   */
  public static RedisManifestBytes open(
      Vertx vertx, RedisUrl url, RedisConfig config, MeterRegistry meters) {
    Path authority = config.authority();
    if (authority != null && !Files.isReadable(authority)) {
      throw new IllegalStateException(
          "tried to read redis.authority " + authority + " but it is missing or not readable");
    }
    if (config.tls().isPresent()) {
      config.tls().options();
    }
    RedisManifestBytes bytes = new RedisManifestBytes(vertx, url, config, meters);
    bytes.link.start();
    return bytes;
  }

  private static String key(Digest digest) {
    return PREFIX + digest.text();
  }

  /** Asks for no more than can be right: a foreign value may be huge. */
  private static Request range(String key, int last) {
    return Request.cmd(Command.GETRANGE).arg(key).arg(0).arg(last);
  }

  @Override
  public Future<Optional<Buffer>> find(Digest digest, int size) {
    if (size > config.largest().bytes()) {
      return Future.succeededFuture(Optional.empty());
    }
    return link.send(range(key(digest), size), config.timeout(), error -> !isWrongType(error))
        .compose(
            answer -> verified(digest, size, answer.map(Response::toBytes).orElse(new byte[0])))
        .recover(
            cause -> {
              failed(digest, cause);
              return Future.succeededFuture(Optional.empty());
            });
  }

  private static boolean isWrongType(String error) {
    return error.equals("WRONGTYPE");
  }

  private Future<Optional<Buffer>> verified(Digest digest, int size, byte[] content) {
    if (content.length == 0) {
      metrics.read(Outcome.MISS);
      return Future.succeededFuture(Optional.empty());
    }
    if (content.length != size) {
      return Future.succeededFuture(judged(digest, content, false));
    }
    if (size <= HASHED_AT_ONCE) {
      return Future.succeededFuture(judged(digest, content, hasDigest(content, digest)));
    }
    return vertx
        .executeBlocking(() -> hasDigest(content, digest), false)
        .map(right -> judged(digest, content, Objects.requireNonNull(right)));
  }

  private static boolean hasDigest(byte[] content, Digest digest) {
    return Digest.of(digest.algorithm(), content).equals(digest);
  }

  private Optional<Buffer> judged(Digest digest, byte[] content, boolean right) {
    if (right) {
      metrics.read(Outcome.HIT);
      return Optional.of(Buffer.buffer(content));
    }
    metrics.read(Outcome.WRONG);
    delete(digest);
    return Optional.empty();
  }

  private void failed(Digest digest, Throwable cause) {
    if (isWrongType(RedisLink.firstWord(cause))) {
      metrics.read(Outcome.WRONG);
      delete(digest);
    } else {
      metrics.read(outcome(cause));
    }
  }

  private static Outcome outcome(Throwable cause) {
    Reason reason = cause instanceof RedisAway away ? away.reason() : Reason.FAILED;
    return switch (reason) {
      case NOT_ASKED -> Outcome.SKIPPED;
      case SILENT -> Outcome.TIMEOUT;
      case FAILED -> Outcome.ERROR;
    };
  }

  private void delete(Digest digest) {
    link.send(
        Request.cmd(Command.DEL).arg(key(digest)),
        writePatience(),
        RedisManifestBytes::isElsewhere);
  }

  @Override
  public void remember(Digest digest, Buffer content) {
    int size = content.length();
    if (size > config.largest().bytes()) {
      return;
    }
    if (!link.isUp()) {
      metrics.write(Outcome.SKIPPED);
      return;
    }
    if (written.addAndGet(size) > MOST_WRITTEN) {
      written.addAndGet(-size);
      metrics.write(Outcome.SKIPPED);
      return;
    }
    Request request =
        Request.cmd(Command.SET)
            .arg(key(digest))
            .arg(content)
            .arg("EX")
            .arg(config.ttl().toSeconds());
    link.send(request, writePatience(), RedisManifestBytes::isElsewhere)
        .onComplete(
            answer -> {
              written.addAndGet(-size);
              metrics.write(answer.succeeded() ? Outcome.STORED : outcome(answer.cause()));
            });
  }

  /** A write carries bytes, so it may take longer than a question. */
  private Duration writePatience() {
    return config.timeout().compareTo(LEAST_WRITE_PATIENCE) > 0
        ? config.timeout()
        : LEAST_WRITE_PATIENCE;
  }

  /** Tells a server that is no longer the master; one that is full still answers questions. */
  private static boolean isElsewhere(String error) {
    return error.equals("READONLY");
  }

  @Override
  public Future<Void> close() {
    metrics.close();
    return link.close();
  }
}
