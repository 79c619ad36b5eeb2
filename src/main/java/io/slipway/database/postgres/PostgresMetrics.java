package io.slipway.database.postgres;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.database.DatabaseMeters;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what the database does, as {@code slipway_database_*}. Thread-safe. */
final class PostgresMetrics {
  private final MeterRegistry registry;
  private final DatabaseMeters meters;
  private final Counter retries;
  private final AtomicInteger singles = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();

  PostgresMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.meters = new DatabaseMeters(registry);
    this.retries = meters.keep(registry.counter("slipway.database.retries"));
    meters.keep(queue(singles, "statement"));
    meters.keep(queue(open, "transaction"));
  }

  private Gauge queue(AtomicInteger work, String lane) {
    return Gauge.builder("slipway.database.queue", work, AtomicInteger::doubleValue)
        .tag("lane", lane)
        .register(registry);
  }

  AtomicInteger singles() {
    return singles;
  }

  AtomicInteger open() {
    return open;
  }

  void read() {
    meters.read();
  }

  void committed() {
    meters.committed(1);
  }

  void retry() {
    retries.increment();
  }

  /** Counts a failure if it is the database's; a body may fail for reasons of its own. */
  void failure(Throwable failure) {
    meters.failure(failure);
  }

  /** Tells whether nothing is under way. */
  boolean idle() {
    return singles.get() == 0 && open.get() == 0;
  }

  /** Takes the meters out of the registry. */
  void close() {
    meters.close();
  }
}
