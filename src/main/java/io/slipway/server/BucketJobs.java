package io.slipway.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.blob.s3.S3Storage;
import io.slipway.database.Database;
import io.slipway.job.OneNode;
import io.slipway.metadata.sql.SqlBlobMoves;
import io.slipway.metadata.sql.SqlTrash;
import io.slipway.runtime.Poller;
import io.slipway.storage.ListingSweep;
import io.slipway.storage.Relocation;
import io.slipway.storage.UnfinishedSweep;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** The housekeeping of a bucket: blobs move home, what nothing names is found. */
final class BucketJobs {
  private static final Duration MOVES = Duration.ofSeconds(1);

  /** A node that was not heard of for so long moves nothing any more. */
  private static final Duration DEAD = Duration.ofSeconds(10);

  private static final Duration LOOK = Duration.ofSeconds(10);

  /** The trash is emptied once a minute; what is buried there is passed over to look. */
  private static final Duration TRASH_LOOK = Duration.ofMinutes(1);

  private static final Duration LISTING = Duration.ofDays(1);

  /** Polls are spread: the next one of the same node may come that early. */
  private static final Duration MOST_OF_A_DAY = Duration.ofHours(18);

  private final Vertx vertx;
  private final Relocation relocation;
  private final OneNode mover;
  private final List<Poller> pollers;

  BucketJobs(Vertx vertx, Database database, S3Storage storage, MeterRegistry meters) {
    this.vertx = vertx;
    SqlBlobMoves moves = new SqlBlobMoves(database);
    SqlTrash trash = new SqlTrash(database);
    // A rule of the bucket that deletes what is old under uploads/ would take what waits.
    LagGauge lag =
        new LagGauge(
            "slipway.relocation.lag",
            "Age of the oldest blob that is not where its digest says yet",
            moves::lag,
            meters);
    LagGauge undeleted =
        new LagGauge(
            "slipway.trash.lag",
            "Time since the first object that is still in the bucket was due to be deleted",
            trash::lag,
            meters);
    this.relocation = new Relocation(moves, storage.objects());
    this.mover = new OneNode(vertx, database, "relocation", DEAD);
    ListingSweep listing = new ListingSweep(storage.objects(), moves, trash, Clock.systemUTC());
    UnfinishedSweep unfinished = new UnfinishedSweep(storage.objects(), moves, Clock.systemUTC());
    this.pollers =
        List.of(
            poller("relocation", MOVES, this::relocate),
            poller("relocation lag", LOOK, () -> lag.refresh().map(false)),
            poller("trash lag", TRASH_LOOK, () -> undeleted.refresh().map(false)),
            daily("listing", database, listing::run),
            daily("unfinished uploads", database, unfinished::run));
  }

  /**
   * Moves a batch of what waits, unless another node is at it: of two that move one blob, the later
   * one makes the copy of the other worthless, again and again while a copy takes long.
   *
   * @return whether something was moved
   */
  Future<Boolean> relocate() {
    return relocation
        .isDue()
        .compose(
            due ->
                due
                    ? mover.alone(
                        () -> relocation.run().map(count -> count > 0), relocation::giveWay)
                    : Future.succeededFuture(false));
  }

  /** Each node asks once a day, at a time of its own. */
  private Poller daily(String name, Database database, Supplier<Future<Integer>> job) {
    OneNode node = new OneNode(vertx, database, name, MOST_OF_A_DAY);
    return poller(name, LISTING, () -> node.once(() -> job.get().map(false)));
  }

  private Poller poller(String name, Duration interval, Supplier<Future<Boolean>> job) {
    return new Poller(vertx, name, interval, job);
  }

  List<Poller> pollers() {
    return pollers;
  }

  /** Lets a run under way end soon. */
  void stop() {
    relocation.stop();
  }
}
