package io.slipway.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.blob.s3.S3Storage;
import io.slipway.event.EventDispatcher;
import io.slipway.event.EventOptions;
import io.slipway.metadata.sql.SqlCopies;
import io.slipway.metadata.sql.SqlStatistics;
import io.slipway.metadata.sql.StatisticsFold;
import io.slipway.runtime.Poller;
import io.slipway.storage.CopyConsumer;
import io.slipway.storage.CopyWriter;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a registry does besides answering requests. */
final class Jobs {
  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
  private static final Duration STATISTICS = Duration.ofMinutes(1);
  private static final Duration PULL_TIMES = Duration.ofSeconds(10);

  /** Events tell of copies at once; this is for what a stop left, and for what failed. */
  private static final Duration COPIES = Duration.ofSeconds(10);

  private static final Duration TRASH = Duration.ofMinutes(1);

  /** A look at the statistics adds up what this has not added yet. */
  private static final Duration SUMS = Duration.ofSeconds(5);

  private static final Duration COPY_LAG = Duration.ofSeconds(10);

  private final Vertx vertx;
  private final RegistryStores stores;
  private final GarbageJob garbage;
  private final UseCases registry;
  private final AuditJobs audit;
  private final ScrubJob scrub;
  private final CopyWriter copies;
  private final EventDispatcher events;
  private final List<Poller> pollers;
  private @Nullable BucketJobs bucket;

  private Jobs(
      Vertx vertx,
      RegistryStores stores,
      UseCases registry,
      GarbageJob garbage,
      ScrubJob scrub,
      AuditLog audit,
      Nodes nodes,
      boolean shared,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.stores = stores;
    this.garbage = garbage;
    this.registry = registry;
    this.audit = audit.on(stores.metadata().database());
    this.scrub = scrub;
    this.copies =
        new CopyWriter(
            vertx, new SqlCopies(stores.metadata().database()), stores.bytes().storage().copies());
    Poller due = poller("copies", COPIES, copies::run);
    CopyConsumer consumer = new CopyConsumer(due::wake);
    LagGauge lag =
        new LagGauge(
            "slipway.copies.lag",
            "Age of the oldest change that is not copied yet",
            copies::lag,
            meters);
    StatisticsGauges gauges =
        new StatisticsGauges(new SqlStatistics(stores.metadata().database()), meters);
    this.events =
        new EventDispatcher(
            vertx,
            stores.metadata().database(),
            nodes.id(),
            List.of(consumer, this.audit.consumer()),
            EventOptions.standard());
    List<Poller> all = new ArrayList<>();
    all.addAll(
        List.of(
            poller("uploads", registry.reaper().interval(), registry.reaper()::run),
            poller("pull times", PULL_TIMES, stores.metadata().pullTimes()::flush),
            due,
            poller("copy lag", COPY_LAG, lag::refresh),
            poller("statistics", STATISTICS, gauges::refresh),
            new Poller(vertx, "trash", TRASH, garbage::deleteBytes),
            poller("push hits", PULL_TIMES, stores.metadata().pushHits()::flush),
            new Poller(vertx, "sums", SUMS, new StatisticsFold(stores.metadata().database())::run),
            poller("sign of life", DataFolder.BEAT, () -> stores.bytes().beat(vertx))));
    all.addAll(this.audit.pollers());
    if (stores.bytes().storage() instanceof S3Storage bucket) {
      this.bucket = new BucketJobs(vertx, stores.metadata().database(), bucket, meters);
      all.addAll(this.bucket.pollers());
    }
    if (shared) {
      all.add(poller("nodes", DataFolder.BEAT, nodes::beatOrEnd));
    }
    scrub.poller().ifPresent(all::add);
    this.pollers = List.copyOf(all);
  }

  /** Starts the jobs. */
  static Jobs start(
      Vertx vertx,
      RegistryStores stores,
      UseCases registry,
      GarbageJob garbage,
      ScrubJob scrub,
      AuditLog audit,
      Nodes nodes,
      boolean shared,
      MeterRegistry meters) {
    Jobs jobs = new Jobs(vertx, stores, registry, garbage, scrub, audit, nodes, shared, meters);
    garbage.start();
    scrub.listen();
    jobs.events.start();
    jobs.pollers.forEach(Poller::wake);
    return jobs;
  }

  private Poller poller(String name, Duration interval, Supplier<Future<?>> job) {
    return new Poller(vertx, name, interval, () -> job.get().map(ignored -> false));
  }

  /**
   * Ends what may take long: a collection, between two batches, for the drain would wait for those
   * who asked for it, and the deletion of what uploads left.
   */
  void endLongWork() {
    garbage.stop();
    registry.reaper().stop();
  }

  /**
   * Ends the jobs, and uploads whose connections have ended; those under way finish, and pulls that
   * were gathered are written.
   */
  Future<Void> stop() {
    Future<Void> written =
        registry
            .endWriting()
            .onFailure(
                cause -> LOG.warn("tried to store what uploads brought but {}", cause.toString()));
    copies.stop();
    if (bucket != null) {
      bucket.stop();
    }
    Future<Void> scrubbed = scrub.stop();
    return garbage
        .stop()
        .transform(ignored -> written)
        .transform(ignored -> scrubbed)
        .transform(ignored -> Future.join(pollers.stream().map(Poller::stop).toList()))
        .transform(ignored -> events.stop())
        .transform(ignored -> stores.metadata().pullTimes().flush())
        .transform(ignored -> stores.metadata().pushHits().flush())
        .transform(ignored -> audit.flush());
  }
}
