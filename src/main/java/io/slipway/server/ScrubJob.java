package io.slipway.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.metadata.Scrubbed;
import io.slipway.metadata.sql.SqlScrubbed;
import io.slipway.runtime.Poller;
import io.slipway.storage.Scrub;
import io.slipway.storage.ScrubConfig;
import io.slipway.storage.ScrubReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
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
  private final RegistryStores stores;
  private final ScrubConfig config;
  private final Duration interval;
  private final Scrubbed metadata;
  private final ScrubLog log;
  private volatile @Nullable Scrub running;
  private volatile boolean stopping;

  ScrubJob(
      Vertx vertx,
      RegistryStores stores,
      ScrubConfig config,
      Duration interval,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.stores = stores;
    this.config = config;
    this.interval = interval;
    this.metadata = new SqlScrubbed(stores.metadata().database());
    this.log = new ScrubLog(stores.metadata(), meters);
  }

  Poller poller() {
    Duration look = interval.compareTo(LOOK) < 0 ? interval : LOOK;
    return new Poller(vertx, "scrub", look, this::look);
  }

  private Future<Boolean> look() {
    OneNode node = new OneNode(vertx, stores.metadata().database(), "scrub", LEASE);
    // Asked again by who may do it: another node may just have ended.
    return ifDue(() -> node.alone(() -> ifDue(() -> run().map(false)), this::stopRunning));
  }

  private Future<Boolean> ifDue(Supplier<Future<Boolean>> work) {
    return Scrub.isDue(metadata, Clock.systemUTC(), interval)
        .compose(due -> due && !stopping ? work.get() : Future.succeededFuture(false));
  }

  private Future<Void> run() {
    Scrub scrub =
        new Scrub(
            vertx,
            Clock.systemUTC(),
            stores.bytes().storage().contents(),
            metadata,
            config.rate().bytes(),
            false,
            log);
    running = scrub;
    return scrub.run(false).onSuccess(ScrubJob::tell).mapEmpty();
  }

  private static void tell(ScrubReport report) {
    LOG.info(
        "scrub: {} blobs and {} manifests checked, {} damaged, {} healed, {} unreadable",
        report.blobs(),
        report.manifests(),
        report.damaged(),
        report.healed(),
        report.unreadable());
  }

  /** Lets a run under way end soon; the next start goes on with it. */
  void stop() {
    stopping = true;
    stopRunning();
  }

  private void stopRunning() {
    Scrub scrub = running;
    if (scrub != null) {
      scrub.stop();
    }
  }
}
