package io.slipway.database.sqlite;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.slipway.database.DatabaseException;
import io.slipway.database.DatabaseException.Reason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts what the database does, as {@code slipway_database_*}. Thread-safe. */
final class SqliteMetrics {
  private final MeterRegistry registry;
  private final List<Meter> meters = new ArrayList<>();
  private final Counter reads;
  private final Counter transactions;
  private final Timer syncedCommits;
  private final Timer relaxedCommits;
  private final Timer checkpoints;
  private final Map<Reason, Counter> failures = new EnumMap<>(Reason.class);
  private final AtomicLong walFrames = new AtomicLong();

  SqliteMetrics(MeterRegistry registry, Lanes lanes) {
    this.registry = registry;
    this.reads = keep(registry.counter("slipway.database.reads"));
    this.transactions = keep(registry.counter("slipway.database.transactions"));
    this.syncedCommits = keep(registry.timer("slipway.database.commits", "synced", "true"));
    this.relaxedCommits = keep(registry.timer("slipway.database.commits", "synced", "false"));
    this.checkpoints = keep(registry.timer("slipway.database.checkpoints"));
    for (Reason reason : Reason.values()) {
      String name = reason.name().toLowerCase(Locale.ROOT);
      failures.put(reason, keep(registry.counter("slipway.database.failures", "reason", name)));
    }
    keep(queue(lanes.reads(), "read"));
    keep(queue(lanes.writes(), "write"));
    keep(
        Gauge.builder("slipway.database.wal.frames", walFrames, AtomicLong::doubleValue)
            .strongReference(true)
            .register(registry));
  }

  private Gauge queue(JobQueue<?> queue, String lane) {
    return Gauge.builder("slipway.database.queue", queue, JobQueue::size)
        .tag("lane", lane)
        .register(registry);
  }

  private <M extends Meter> M keep(M meter) {
    meters.add(meter);
    return meter;
  }

  void read() {
    reads.increment();
  }

  void commit(boolean synced, int members, long nanos) {
    transactions.increment(members);
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
    if (failure instanceof DatabaseException e) {
      requireNonNull(failures.get(e.reason())).increment();
    }
  }

  /** Takes the meters out of the registry. */
  void close() {
    meters.forEach(registry::remove);
  }
}
