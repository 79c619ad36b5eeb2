package io.slipway.database.sqlite;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.slipway.database.DatabaseMeters;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts what the database does, as {@code slipway_database_*}. Thread-safe. */
final class SqliteMetrics {
  private final MeterRegistry registry;
  private final DatabaseMeters meters;
  private final Timer syncedCommits;
  private final Timer relaxedCommits;
  private final Timer checkpoints;
  private final AtomicLong walFrames = new AtomicLong();

  SqliteMetrics(MeterRegistry registry, Lanes lanes) {
    this.registry = registry;
    this.meters = new DatabaseMeters(registry);
    this.syncedCommits = meters.keep(registry.timer("slipway.database.commits", "synced", "true"));
    this.relaxedCommits =
        meters.keep(registry.timer("slipway.database.commits", "synced", "false"));
    this.checkpoints = meters.keep(registry.timer("slipway.database.checkpoints"));
    meters.keep(queue(lanes.reads(), "read"));
    meters.keep(queue(lanes.writes(), "write"));
    meters.keep(
        Gauge.builder("slipway.database.wal.frames", walFrames, AtomicLong::doubleValue)
            .strongReference(true)
            .register(registry));
  }

  private Gauge queue(JobQueue<?> queue, String lane) {
    return Gauge.builder("slipway.database.queue", queue, JobQueue::size)
        .tag("lane", lane)
        .register(registry);
  }

  void read() {
    meters.read();
  }

  void commit(boolean synced, int members, long nanos) {
    meters.committed(members);
    (synced ? syncedCommits : relaxedCommits).record(nanos, TimeUnit.NANOSECONDS);
  }

  void checkpoint(long nanos) {
    checkpoints.record(nanos, TimeUnit.NANOSECONDS);
  }

  void walFrames(long frames) {
    walFrames.set(frames);
  }

  /** Counts a failure if it is the database's; a body may fail for reasons of its own. */
  void failure(@Nullable Throwable failure) {
    meters.failure(failure);
  }

  /** Takes the meters out of the registry. */
  void close() {
    meters.close();
  }
}
