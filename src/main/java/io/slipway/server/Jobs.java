package io.slipway.server;

import io.slipway.event.EventDispatcher;
import io.slipway.event.EventOptions;
import io.slipway.metadata.sql.SqlCopies;
import io.slipway.runtime.Poller;
import io.slipway.storage.CopyConsumer;
import io.slipway.storage.CopyWriter;
import io.slipway.upload.UploadReaper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** What a registry does besides answering requests. */
final class Jobs {
  private static final Duration STATISTICS = Duration.ofMinutes(1);
  private static final Duration PULL_TIMES = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final StandaloneStores stores;
  private final CopyWriter copies;
  private final EventDispatcher events;
  private final List<Poller> pollers;

  private Jobs(Vertx vertx, StandaloneStores stores, UploadReaper reaper, StatisticsGauges gauges) {
    this.vertx = vertx;
    this.stores = stores;
    this.copies = new CopyWriter(new SqlCopies(stores.database()), stores.files().copies());
    this.events =
        new EventDispatcher(
            vertx, stores.database(), List.of(new CopyConsumer(copies)), EventOptions.standard());
    this.pollers =
        List.of(
            poller("uploads", reaper.interval(), reaper::run),
            poller("pull times", PULL_TIMES, stores.pullTimes()::flush),
            poller("statistics", STATISTICS, gauges::refresh),
            poller("sign of life", DataFolder.BEAT, () -> stores.beat(vertx)));
  }

  /** Starts the jobs of the standalone profile. */
  static Jobs start(
      Vertx vertx, StandaloneStores stores, UploadReaper reaper, StatisticsGauges gauges) {
    Jobs jobs = new Jobs(vertx, stores, reaper, gauges);
    jobs.events.start();
    jobs.pollers.forEach(Poller::wake);
    return jobs;
  }

  private Poller poller(String name, Duration interval, Supplier<Future<?>> job) {
    return new Poller(vertx, name, interval, () -> job.get().map(ignored -> false));
  }

  /** Ends the jobs; those under way finish, and pulls that were gathered are written. */
  Future<Void> stop() {
    copies.stop();
    return Future.join(pollers.stream().map(Poller::stop).toList())
        .transform(ignored -> events.stop())
        .transform(ignored -> stores.pullTimes().flush());
  }
}
