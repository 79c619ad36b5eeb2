package io.slipway.database;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.database.DatabaseException.Reason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what every database counts, as {@code slipway_database_*}. Thread-safe. */
public final class DatabaseMeters {
  private final MeterRegistry registry;
  private final List<Meter> meters = new ArrayList<>();
  private final Counter reads;
  private final Counter transactions;
  private final Map<Reason, Counter> failures = new EnumMap<>(Reason.class);

  public DatabaseMeters(MeterRegistry registry) {
    this.registry = registry;
    this.reads = keep(registry.counter("slipway.database.reads"));
    this.transactions = keep(registry.counter("slipway.database.transactions"));
    for (Reason reason : Reason.values()) {
      String name = reason.name().toLowerCase(Locale.ROOT);
      failures.put(reason, keep(registry.counter("slipway.database.failures", "reason", name)));
    }
  }

  /** Remembers a meter that goes with the database. For the thread that makes it. */
  public <M extends Meter> M keep(M meter) {
    meters.add(meter);
    return meter;
  }

  public void read() {
    reads.increment();
  }

  /** Counts transactions that were committed. */
  public void committed(int count) {
    transactions.increment(count);
  }

  /** Counts a failure if it is the database's; a body may fail for reasons of its own. */
  public void failure(@Nullable Throwable failure) {
    if (failure instanceof DatabaseException e) {
      requireNonNull(failures.get(e.reason())).increment();
    }
  }

  /** Takes the meters out of the registry. */
  public void close() {
    meters.forEach(registry::remove);
  }
}
