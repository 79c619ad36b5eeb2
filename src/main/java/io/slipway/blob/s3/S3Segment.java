package io.slipway.blob.s3;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.slipway.runtime.SocketReading;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.internal.buffer.BufferInternal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The bytes of one answer of S3. Belongs to the context of its reader. */
final class S3Segment {
  /** So many bytes may wait for the reader before S3 is asked to wait. */
  private static final int WINDOW = 64 * 1024;

  private final Context context;
  private final Duration patience;
  private final Runnable look;
  private final Runnable over;
  private final Queue<Buffer> arrived = new ArrayDeque<>();
  private @Nullable HttpClientResponse response;
  private long missing;
  private int waiting;
  private boolean told;
  private boolean paused;
  private boolean ended;
  private @Nullable Throwable failure;
  private long lastNanos;
  private long timer;

  /**
   * Makes one that nothing has arrived of.
   *
   * @param patience it breaks when nothing arrives for so long, be it that the reader takes
   *     nothing: its connection is for others then
   * @param look called when there may be something to take
   * @param over called once, when its connection is not needed any more
   */
  S3Segment(Context context, Duration patience, Runnable look, Runnable over) {
    this.context = context;
    this.patience = patience;
    this.look = look;
    this.over = over;
  }

  /** Takes the bytes of an answer that has just begun. */
  void begin(HttpClientResponse begun) {
    response = begun;
    String length = begun.getHeader(HttpHeaders.CONTENT_LENGTH);
    missing = length == null ? Long.MAX_VALUE : Long.parseLong(length);
    begun.exceptionHandler(this::end);
    begun.endHandler(ignored -> end(null));
    begun.handler(this::add);
    lastNanos = System.nanoTime();
    waitFor(patience.toNanos());
  }

  /** Looks again and again, for setting a timer with every chunk would cost more than the chunk. */
  private void waitFor(long nanos) {
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    timer =
        context
            .owner()
            .setTimer(
                millis,
                ignored -> {
                  long left = patience.toNanos() - (System.nanoTime() - lastNanos);
                  if (left > 0) {
                    waitFor(left);
                  } else {
                    giveUp(new TimeoutException("nothing came for " + patience));
                  }
                });
  }

  private void giveUp(Throwable cause) {
    boolean unfinished = !hasEverything();
    end(cause);
    if (unfinished && response != null) {
      response.request().reset();
    }
  }

  /** Tells whether the bytes are those of the range that was asked for, and not all. */
  boolean isPartial() {
    return response != null && response.statusCode() == 206;
  }

  private void add(Buffer bytes) {
    if (ended) {
      return;
    }
    lastNanos = System.nanoTime();
    arrived.add(bytes);
    waiting += bytes.length();
    missing -= bytes.length();
    if (isFull()) {
      setReading(false);
    }
    tell();
  }

  /** Tells whether it takes nothing more before the reader has. */
  boolean isFull() {
    return waiting >= WINDOW;
  }

  /** Tells whether nothing more comes over the connection. */
  boolean hasEverything() {
    return ended || missing <= 0;
  }

  private void end(@Nullable Throwable cause) {
    if (!ended) {
      ended = true;
      failure = cause;
      context.owner().cancelTimer(timer);
      // Before the connection is given to another answer.
      setReading(true);
      over.run();
      tell();
    }
  }

  /** Everything that was read from the connection together needs one look, after the last of it. */
  private void tell() {
    if (!told) {
      told = true;
      context.runOnContext(
          ignored -> {
            told = false;
            look.run();
          });
    }
  }

  /** Takes everything that has arrived, at most the given length; null when there is nothing. */
  @Nullable Buffer take(long atMost) {
    if (arrived.isEmpty()) {
      return null;
    }
    ByteBuf[] parts = new ByteBuf[arrived.size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = ((BufferInternal) arrived.remove()).getByteBuf();
    }
    waiting = 0;
    setReading(true);
    Buffer bytes = BufferInternal.buffer(Unpooled.wrappedBuffer(parts.length, parts));
    return bytes.length() <= atMost ? bytes : bytes.slice(0, Math.toIntExact(atMost));
  }

  /** Tells whether nothing more comes than what can be taken. */
  boolean isOver() {
    return ended && arrived.isEmpty();
  }

  /** Returns why it broke; null when S3 ended it by itself. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Ends the answer, which closes its connection unless everything has arrived. */
  void cancel() {
    arrived.clear();
    giveUp(new CancellationException("the reader has gone"));
  }

  private void setReading(boolean reads) {
    if (paused == reads && response != null) {
      paused = !reads;
      SocketReading.set(response.request().connection(), reads);
    }
  }
}
