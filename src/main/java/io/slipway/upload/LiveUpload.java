package io.slipway.upload;

import io.slipway.blob.StagedUpload;
import io.slipway.runtime.ContextPromise;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What this process keeps of a session: its staged bytes between requests, and who writes.
 * Thread-safe.
 */
final class LiveUpload {
  /** How long a request waits for the one before it, whose connection may just be found broken. */
  private static final long PATIENCE_MILLIS = 250;

  private final Vertx vertx;
  private final Duration takeover;
  private @Nullable Writing writer;
  private int users;
  private @Nullable StagedUpload staged;

  /**
   * Whose bytes they are: the epoch of the session's row, which each request that begins raises.
   */
  private long turn;

  private long lastUse = System.nanoTime();

  /**
   * Makes one that nobody writes to.
   *
   * @param takeover a writer that brought nothing for so long is taken for gone: its connection may
   *     be half open
   */
  LiveUpload(Vertx vertx, Duration takeover) {
    this.vertx = vertx;
    this.takeover = takeover;
  }

  /**
   * Lets a request write, as soon as the one before it has left.
   *
   * @return false when another one goes on writing
   */
  Future<Boolean> enter(Writing next) {
    Writing before = replaceIfFree(next);
    if (before == null) {
      return Future.succeededFuture(true);
    }
    if (before.idleNanos() > takeover.toNanos()) {
      before.stop();
    }
    ContextPromise<Boolean> left = new ContextPromise<>();
    before.left().onComplete(ignored -> left.succeed(true));
    long timer =
        before.isLeaving() ? -1 : vertx.setTimer(PATIENCE_MILLIS, ignored -> left.succeed(false));
    return left.future()
        .compose(
            free -> {
              vertx.cancelTimer(timer);
              return free ? enter(next) : Future.succeededFuture(false);
            });
  }

  private synchronized @Nullable Writing replaceIfFree(Writing next) {
    Writing before = writer;
    if (before == null) {
      writer = next;
    }
    return before;
  }

  /** Lets the next one write. */
  synchronized void leave(Writing leaving) {
    if (leaving.equals(writer)) {
      writer = null;
    }
  }

  /** Stops the one who writes, if any, and waits until it has left. */
  Future<Void> evict() {
    Writing current = writer();
    if (current == null) {
      return Future.succeededFuture();
    }
    current.stop();
    ContextPromise<Boolean> left = new ContextPromise<>();
    current.left().onComplete(ignored -> left.succeed(true));
    return left.future().mapEmpty();
  }

  private synchronized @Nullable Writing writer() {
    return writer;
  }

  /** Tells whether a request writes, or is about to. */
  boolean hasWriter() {
    return writer() != null;
  }

  /** Counts a request that uses it from now on. */
  synchronized LiveUpload use() {
    users++;
    return this;
  }

  /** Counts a request that uses it no more; tells whether it may be forgotten. */
  synchronized boolean release() {
    users--;
    lastUse = System.nanoTime();
    return users == 0 && staged == null;
  }

  /** Tells whether no request uses it, nor has used it for so long. */
  synchronized boolean isUnused(Duration silence) {
    return users == 0 && System.nanoTime() - lastUse > silence.toNanos();
  }

  /** Returns the bytes if it was in this turn that they were written last. */
  synchronized @Nullable StagedUpload staged(long lastTurn) {
    return lastTurn == turn ? staged : null;
  }

  /** Keeps the bytes for the turn that writes to them now. */
  synchronized void keep(StagedUpload upload, long newTurn) {
    staged = upload;
    turn = newTurn;
  }
}
