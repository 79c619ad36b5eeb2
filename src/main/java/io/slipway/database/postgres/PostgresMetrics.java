package io.slipway.database.postgres;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.database.DatabaseException;
import io.slipway.database.DatabaseException.Reason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what the database does, as {@code slipway_database_*}. Thread-safe. */
final class PostgresMetrics {
  private final MeterRegistry registry;
  private final List<Meter> meters = new ArrayList<>();
  private final Counter reads;
  private final Counter transactions;
  private final Counter retries;
  private final Map<Reason, Counter> failures = new EnumMap<>(Reason.class);
  private final AtomicInteger singles = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();

  PostgresMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.reads = keep(registry.counter("slipway.database.reads"));
    this.transactions = keep(registry.counter("slipway.database.transactions"));
    this.retries = keep(registry.counter("slipway.database.retries"));
    for (Reason reason : Reason.values()) {
      String name = reason.name().toLowerCase(Locale.ROOT);
      failures.put(reason, keep(registry.counter("slipway.database.failures", "reason", name)));
    }
    keep(queue(singles, "statement"));
    keep(queue(open, "transaction"));
  }

  private Gauge queue(AtomicInteger work, String lane) {
    return Gauge.builder("slipway.database.queue", work, AtomicInteger::doubleValue)
        .tag("lane", lane)
        .register(registry);
  }

  private <M extends Meter> M keep(M meter) {
    meters.add(meter);
    return meter;
  }

  AtomicInteger singles() {
    return singles;
  }

  AtomicInteger open() {
    return open;
  }

  void read() {
    reads.increment();
  }

  void committed() {
    transactions.increment();
  }

  void retry() {
    retries.increment();
  }

  /** Counts a failure if it is the database's; a body may fail for reasons of its own. */
  void failure(Throwable failure) {
    if (failure instanceof DatabaseException e) {
      requireNonNull(failures.get(e.reason())).increment();
    }
  }

  /** Tells whether nothing is under way. */
  boolean idle() {
    return singles.get() == 0 && open.get() == 0;
  }

  /** Takes the meters out of the registry. */
  void close() {
    meters.forEach(registry::remove);
  }
}
