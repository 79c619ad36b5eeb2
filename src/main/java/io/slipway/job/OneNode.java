package io.slipway.job;

import io.slipway.database.Database;
import io.slipway.database.Lease;
import io.slipway.database.LostLeaseException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
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

  /**
   * Does a job unless another node is at it, and false then.
   *
   * @param lost told when another node may do it meanwhile: the job should end soon
   */
  public Future<Boolean> alone(Supplier<Future<Boolean>> job, Runnable lost) {
    return Lease.take(database, name, name, time)
        .compose(
            lease ->
                lease.isEmpty()
                    ? Future.succeededFuture(false)
                    : renewing(lease.get(), job, lost).eventually(lease.get()::release));
  }

  private Future<Boolean> renewing(Lease lease, Supplier<Future<Boolean>> job, Runnable lost) {
    long timer =
        vertx.setPeriodic(
            time.toMillis() / RENEWALS,
            ignored ->
                lease
                    .renew()
                    .onFailure(
                        cause -> {
                          if (cause instanceof LostLeaseException) {
                            lost.run();
                          }
                        }));
    return Future.<Boolean>succeededFuture()
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
