package io.slipway.gc;

import io.slipway.database.Lease;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the steps of a run one after the other, with pauses between them, so that others get on
 * beside it. Renews its lease, and ends the run when it is to stop. For one virtual thread.
 */
final class Pace {
  /** A pause is a quarter of the work before it: a run takes four fifths of one connection. */
  private static final int PAUSED = 4;

  /** Shorter ones are put together: a timer is not more exact. */
  private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long PATIENCE_SECONDS = 60;

  private final Vertx vertx;
  private final Runnable requireWanted;
  private final @Nullable Lease lease;
  private long renewed = System.nanoTime();
  private long debt;

  /**
   * Makes a pace.
   *
   * @param requireWanted throws when the run is to end
   * @param lease null for a run that changes nothing
   */
  Pace(Vertx vertx, Runnable requireWanted, @Nullable Lease lease) {
    this.vertx = vertx;
    this.requireWanted = requireWanted;
    this.lease = lease;
  }

  /** Takes a step and waits for its end; throws what it fails with. */
  <T> T step(Supplier<Future<T>> step) {
    requireWanted.run();
    if (lease != null && System.nanoTime() - renewed > lease.time().toNanos() / 4) {
      renewed = System.nanoTime();
      await(lease.renew());
    }
    long start = System.nanoTime();
    T result = await(step.get());
    long took = System.nanoTime() - start;
    debt = Math.min(debt + took / PAUSED, MOST_NANOS);
    if (debt >= LEAST_NANOS) {
      await(vertx.timer(debt, TimeUnit.NANOSECONDS));
      debt = 0;
    }
    return result;
  }

  static <T> T await(Future<T> future) {
    try {
      return future.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "tried to collect garbage but a step of it took more than " + PATIENCE_SECONDS + " s", e);
    }
  }
}
