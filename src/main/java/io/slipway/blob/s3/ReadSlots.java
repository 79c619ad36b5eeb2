package io.slipway.blob.s3;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.ContextPromise;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The connections that pulls may hold, however many clients stop reading. Who finds none free waits
 * in a queue. Thread-safe.
 */
final class ReadSlots {
  private final Vertx vertx;
  private final long patienceMillis;
  private final int count;
  private final Deque<Waiter> waiters = new ArrayDeque<>();
  private int free;

  /**
   * Makes them, all free.
   *
   * @param count how many, at least 1
   * @param patience a pull that waits so long is told to come back later
   */
  ReadSlots(Vertx vertx, int count, Duration patience, MeterRegistry meters) {
    this.vertx = vertx;
    this.patienceMillis = patience.toMillis();
    this.count = count;
    this.free = count;
    Gauge.builder("slipway.s3.reads", this::used)
        .description("Pulls that hold a connection to S3")
        .register(meters);
    Gauge.builder("slipway.s3.reads.waiting", this::waiting)
        .description("Pulls that wait for a connection to S3")
        .register(meters);
  }

  int count() {
    return count;
  }

  synchronized int used() {
    return count - free;
  }

  synchronized int waiting() {
    return waiters.size();
  }

  /** Completes on the caller's context with a slot; {@code UNAVAILABLE} after the wait. */
  Future<Slot> take() {
    Waiter waiter = new Waiter();
    synchronized (this) {
      if (free == 0) {
        waiters.add(waiter);
        waiter.timer = vertx.setTimer(patienceMillis, ignored -> giveUp(waiter));
        return waiter.promise.future();
      }
      free--;
    }
    waiter.promise.succeed(new Slot());
    return waiter.promise.future();
  }

  private void giveUp(Waiter waiter) {
    synchronized (this) {
      if (!waiters.remove(waiter)) {
        return;
      }
    }
    waiter.promise.fail(
        new RegistryException(
            ErrorCode.UNAVAILABLE,
            "tried to read the blob but too many others are being read; try again"));
  }

  private void giveBack() {
    Waiter next;
    synchronized (this) {
      next = waiters.poll();
      if (next == null) {
        free++;
        return;
      }
    }
    vertx.cancelTimer(next.timer);
    next.promise.succeed(new Slot());
  }

  /** The right to one connection. */
  final class Slot {
    private final AtomicBoolean taken = new AtomicBoolean(true);

    /** Gives it back; harmless twice. */
    void release() {
      if (taken.compareAndSet(true, false)) {
        giveBack();
      }
    }
  }

  /** Somebody in the queue. */
  private static final class Waiter {
    private final ContextPromise<Slot> promise = new ContextPromise<>();
    private long timer;
  }
}
