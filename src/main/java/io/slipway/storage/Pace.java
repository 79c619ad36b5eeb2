package io.slipway.storage;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/** Keeps reading at a number of bytes a second, and says when to stop. Belongs to one run. */
final class Pace {
  private static final int MOST = 4 * 1024 * 1024;
  private static final int LEAST = 64 * 1024;

  /** So often a second somebody who stops is heard. */
  private static final int PIECES = 4;

  private static final long LONGEST_MILLIS = 1000 / PIECES;

  private final Vertx vertx;
  private final long rate;
  private long dueNanos = System.nanoTime();
  private volatile boolean stopped;

  /**
   * Makes a pace.
   *
   * @param rate bytes a second
   */
  Pace(Vertx vertx, long rate) {
    this.vertx = vertx;
    this.rate = rate;
  }

  /** Returns how many bytes are to be read at once. */
  int piece() {
    return (int) Math.max(LEAST, Math.min(MOST, rate / PIECES));
  }

  /** Waits until so many bytes have had their time; fails with {@link Stopped} after a stop. */
  Future<Void> after(long bytes) {
    if (stopped) {
      return Future.failedFuture(new Stopped());
    }
    long now = System.nanoTime();
    // Time in which nothing was read is not made good for.
    dueNanos = Math.max(dueNanos, now) + (long) (bytes * 1e9 / rate);
    return Rounds.whileMore(this::pause);
  }

  /** Waits for a moment, so that somebody who stops is heard; whether there is more to wait. */
  private Future<Boolean> pause() {
    long millis = TimeUnit.NANOSECONDS.toMillis(dueNanos - System.nanoTime());
    return millis < 1 || stopped
        ? Future.succeededFuture(false)
        : vertx.timer(Math.min(millis, LONGEST_MILLIS)).map(true);
  }

  /** Ends what keeps this pace, soon. */
  void stop() {
    stopped = true;
  }

  boolean isStopped() {
    return stopped;
  }

  /** Says that somebody stopped the run. */
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stopped() {
      super("it was stopped", null, false, false);
    }
  }
}
