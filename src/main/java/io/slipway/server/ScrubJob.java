package io.slipway.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.metadata.Scrubbed;
import io.slipway.metadata.sql.SqlScrubbed;
import io.slipway.runtime.Poller;
import io.slipway.storage.Scrub;
import io.slipway.storage.ScrubConfig;
import io.slipway.storage.ScrubReport;
import io.slipway.storage.ScrubRun;
import io.slipway.storage.ScrubRuns;
import io.slipway.storage.ScrubWish;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Scrubs a running registry whenever it is time, and goes on with a scrub that did not end. */
final class ScrubJob {
  private static final Logger LOG = LoggerFactory.getLogger(ScrubJob.class);
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMinutes(1);

  private final Vertx vertx;
  private final Optional<Duration> interval;
  private final Scrubbed metadata;
  private final ScrubRuns runs;
  private final OneNode node;
  private volatile @Nullable ScrubRun running;

  ScrubJob(Vertx vertx, RegistryStores stores, ScrubConfig config, MeterRegistry meters) {
    this.vertx = vertx;
    this.interval = Optional.ofNullable(config.interval());
    this.metadata = new SqlScrubbed(stores.metadata().database());
    this.runs =
        new ScrubRuns(
            vertx,
            stores.bytes().storage().contents(),
            metadata,
            config,
            new ScrubLog(stores.metadata(), meters));
    this.node = new OneNode(vertx, stores.metadata().database(), "scrub", LEASE);
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
    // Asked again by who may do it: another node may just have ended.
    return ifDue(time, () -> node.alone(() -> ifDue(time, this::run), this::stopRunning));
  }

  private Future<Boolean> ifDue(Duration time, Supplier<Future<Boolean>> work) {
    return Scrub.isDue(metadata, Clock.systemUTC(), time)
        .compose(due -> due ? work.get() : Future.succeededFuture(false));
  }

  private Future<Boolean> run() {
    ScrubRun run = runs.start(new ScrubWish(false, false, Optional.empty()));
    running = run;
    return run.end().onSuccess(ScrubJob::tell).map(false);
  }

  private void stopRunning() {
    ScrubRun run = running;
    if (run != null) {
      runs.cancel(run.id());
    }
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

  /** Lets a run under way end soon; the next start goes on with it. */
  void stop() {
    runs.stop();
  }
}
