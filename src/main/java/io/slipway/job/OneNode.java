package io.slipway.job;

import io.slipway.database.Database;
import io.slipway.database.Lease;
import io.slipway.database.LostLeaseException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Does a job on one of the nodes that share a database, whichever comes first. That spares work:
 * every job must be harmless twice, for a node that was stopped may wake in the middle of it.
 *
 * @param time how long a node that died is waited for; for a job that is done now and then, how
 *     long it is not done again
 */
public record OneNode(Vertx vertx, Database database, String name, Duration time) {
  private static final int RENEWALS = 3;
  private static final long LOOK_MILLIS = 500;

  /**
   * Does a job unless another node is at it, and false then.
   *
   * @param lost told when another node may do it meanwhile: the job should end soon
   */
  public Future<Boolean> alone(Supplier<Future<Boolean>> job, Runnable lost) {
    return taking(job, lost).map(done -> done.orElse(false));
  }

  /**
   * Does a job as soon as no other node is at it, and what it came to; empty when that took too
   * long or nobody wants it any more.
   *
   * @param patience how long it looks for its turn, every half second; at least once
   * @param job fails as it does; its result is not null
   * @param lost told when another node may do it meanwhile: the job should end soon
   * @param wanted asked before each look but the first
   */
  public <T> Future<Optional<T>> within(
      Duration patience, Supplier<Future<T>> job, Runnable lost, BooleanSupplier wanted) {
    return within(System.nanoTime(), patience, job, lost, wanted);
  }

  private <T> Future<Optional<T>> within(
      long since,
      Duration patience,
      Supplier<Future<T>> job,
      Runnable lost,
      BooleanSupplier wanted) {
    return taking(job, lost)
        .compose(
            done ->
                done.isPresent() || System.nanoTime() - since >= patience.toNanos()
                    ? Future.succeededFuture(done)
                    : vertx
                        .timer(LOOK_MILLIS)
                        .compose(
                            ignored ->
                                wanted.getAsBoolean()
                                    ? within(since, patience, job, lost, wanted)
                                    : Future.succeededFuture(Optional.empty())));
  }

  /** Does the job unless another node is at it, and empty then. */
  private <T> Future<Optional<T>> taking(Supplier<Future<T>> job, Runnable lost) {
    AtomicLong held = new AtomicLong(System.nanoTime());
    return Lease.take(database, name, name, time)
        .compose(
            lease ->
                lease.isEmpty()
                    ? Future.succeededFuture(Optional.empty())
                    : renewing(lease.get(), held, job, lost)
                        .map(Optional::of)
                        .eventually(lease.get()::release));
  }

  /**
   * Does the job while the lease is renewed.
   *
   * @param held when it was asked for what it holds since; a database that does not answer takes
   *     the lease away as another node does, only that nobody says so
   */
  private <T> Future<T> renewing(
      Lease lease, AtomicLong held, Supplier<Future<T>> job, Runnable lost) {
    long timer =
        vertx.setPeriodic(
            time.toMillis() / RENEWALS,
            ignored -> {
              long asked = System.nanoTime();
              if (asked - held.get() > time.toNanos()) {
                lost.run();
              }
              lease
                  .renew()
                  .onSuccess(renewed -> held.accumulateAndGet(asked, Math::max))
                  .onFailure(
                      cause -> {
                        if (cause instanceof LostLeaseException) {
                          lost.run();
                        }
                      });
            });
    return Future.<T>succeededFuture()
        .compose(ignored -> job.get())
        .onComplete(ignored -> vertx.cancelTimer(timer));
  }

  /**
   * Does a job unless one was begun within the time, on any node; one that failed is done again by
   * the next who asks.
   */
  public Future<Boolean> once(Supplier<Future<Boolean>> job) {
    return Lease.take(database, name, name, time)
        .compose(
            lease ->
                lease.isEmpty()
                    ? Future.succeededFuture(false)
                    : Future.<Boolean>succeededFuture()
                        .compose(ignored -> job.get())
                        .recover(
                            cause ->
                                lease
                                    .get()
                                    .release()
                                    .transform(ignored -> Future.failedFuture(cause))));
  }
}
