package io.slipway.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.database.Database;
import io.slipway.job.JobRuns;
import io.slipway.job.OneNode;
import io.slipway.metadata.sql.SqlScrubbed;
import io.slipway.runtime.Poller;
import io.slipway.storage.ScrubConfig;
import io.slipway.storage.ScrubReport;
import io.slipway.storage.ScrubRuns;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Scrubs a running registry whenever it is time, and goes on with a scrub that did not end. */
final class ScrubJob {
  private static final Logger LOG = LoggerFactory.getLogger(ScrubJob.class);
  static final String NAME = "scrub";
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMinutes(1);

  private final Vertx vertx;
  private final Optional<Duration> interval;
  private final ScrubRuns runs;

  /**
   * Makes one that does not look yet.
   *
   * @param node names this process for people who ask another one
   */
  ScrubJob(
      Vertx vertx, RegistryStores stores, ScrubConfig config, String node, MeterRegistry meters) {
    this.vertx = vertx;
    this.interval = Optional.ofNullable(config.interval());
    Database database = stores.metadata().database();
    this.runs =
        new ScrubRuns(
            vertx,
            stores.bytes().storage().contents(),
            new SqlScrubbed(database),
            config,
            new ScrubLog(stores.metadata(), meters),
            turn(vertx, database, LEASE),
            new JobRuns(vertx, database, NAME, "the node " + node));
  }

  /** Returns what lets one process at a time scrub. */
  static OneNode turn(Vertx vertx, Database database, Duration lease) {
    return new OneNode(vertx, database, NAME, lease);
  }

  /** Returns the runs, for those who ask for one. */
  ScrubRuns runs() {
    return runs;
  }

  /** Returns what looks at the clock; empty when nobody wants that. */
  Optional<Poller> poller() {
    return interval.map(
        time ->
            new Poller(vertx, "scrub", time.compareTo(LOOK) < 0 ? time : LOOK, () -> look(time)));
  }

  private Future<Boolean> look(Duration time) {
    return runs.startIfDue(time)
        .compose(
            run ->
                run.isPresent()
                    ? run.get().end().onSuccess(ScrubJob::tell).map(false)
                    : Future.succeededFuture(false));
  }

  private static void tell(ScrubReport report) {
    LOG.info(
        "scrub: {} blobs, {} manifests and {} tags checked, {} damaged, {} healed, {} copies wrong,"
            + " {} unreadable",
        report.blobs(),
        report.manifests(),
        report.tags(),
        report.damaged(),
        report.healed(),
        report.copies(),
        report.unreadable());
  }

  /** Begins to hear what other nodes were asked. */
  void listen() {
    runs.listen();
  }

  /** Lets a run under way end soon; the next start goes on with it. */
  Future<Void> stop() {
    return runs.stop();
  }
}
