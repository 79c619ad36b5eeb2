package io.slipway.blob.cache;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far what has come of a blob is ahead of the furthest of its readers. As long as that one is
 * about as fast as the other machine it is waited for, so that it finds every byte in memory; one
 * that is slower reads the file, and is not waited for until it has caught up. Belongs to the
 * context of its fill, but for what says otherwise.
 */
final class FillLead {
  /** Bytes that may be in memory for the furthest reader. */
  static final int MOST = 1024 * 1024;

  /** From here on more may come. */
  private static final int ENOUGH = MOST / 2;

  /** Whoever takes this long for a few hundred KiB is slower than the disk. */
  static final long PATIENCE_MILLIS = 20;

  private final Vertx vertx;
  private final Context context;
  private final Runnable passed;
  private final AtomicLong furthest = new AtomicLong();
  private volatile boolean slow;
  private volatile boolean waiting;
  private volatile long arrived;
  private long timer;

  /**
   * Makes one of a fill of which nothing has come.
   *
   * @param passed called on the context when a wait is over
   */
  FillLead(Vertx vertx, Context context, Runnable passed) {
    this.vertx = vertx;
    this.context = context;
    this.passed = passed;
  }

  /** Tells whether to wait for the furthest reader, now that so many bytes have come. */
  boolean isTooFar(long end) {
    arrived = end;
    if (isClose()) {
      slow = false;
    }
    if (!slow && !waiting && end - furthest.get() > MOST) {
      waiting = true;
      timer = vertx.setTimer(PATIENCE_MILLIS, ignored -> giveUp());
      // It may have come closer before it could see that it is waited for.
      lookAgain();
    }
    return waiting;
  }

  boolean isWaiting() {
    return waiting;
  }

  private void giveUp() {
    slow = true;
    endWait();
  }

  private void endWait() {
    if (waiting) {
      waiting = false;
      vertx.cancelTimer(timer);
      passed.run();
    }
  }

  private void lookAgain() {
    if (isClose()) {
      context.runOnContext(
          ignored -> {
            if (isClose()) {
              endWait();
            }
          });
    }
  }

  private boolean isClose() {
    return arrived - furthest.get() <= ENOUGH;
  }

  /** Hears how far a reader is; for any thread. */
  void reached(long position) {
    furthest.accumulateAndGet(position, Math::max);
    if (waiting) {
      lookAgain();
    }
  }

  /** Returns up to where bytes that are in the file may be forgotten; for any thread. */
  long passedBy(long written) {
    return slow ? written : Math.min(written, furthest.get());
  }

  /** Waits for nobody any more. */
  void stop() {
    giveUp();
  }
}
