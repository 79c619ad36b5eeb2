package io.slipway.gc;

import io.slipway.database.Lease;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the steps of a run one after the other, with a pause as long as the step before it, so that
 * it takes half of what one of its kind can take at most. Renews its lease, and ends the run when
 * it is to stop. For one virtual thread.
 */
final class Pace {
  private static final long MOST_MILLIS = 50;
  private static final long PATIENCE_SECONDS = 60;

  private final Vertx vertx;
  private final BooleanSupplier stopping;
  private final @Nullable Lease lease;
  private long renewed = System.nanoTime();

  /**
   * Makes a pace.
   *
   * @param lease null for a run that changes nothing
   */
  Pace(Vertx vertx, BooleanSupplier stopping, @Nullable Lease lease) {
    this.vertx = vertx;
    this.stopping = stopping;
    this.lease = lease;
  }

  /** Takes a step and waits for its end; throws what it fails with. */
  <T> T step(Supplier<Future<T>> step) {
    if (stopping.getAsBoolean()) {
      throw new GcStoppedException();
    }
    if (lease != null && System.nanoTime() - renewed > lease.time().toNanos() / 4) {
      renewed = System.nanoTime();
      await(lease.renew());
    }
    long start = System.nanoTime();
    T result = await(step.get());
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    if (took > 0) {
      await(vertx.timer(Math.min(took, MOST_MILLIS)));
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
