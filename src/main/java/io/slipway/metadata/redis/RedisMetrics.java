package io.slipway.metadata.redis;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Counts what came of each use of Redis, as {@code slipway_redis_*}. Thread-safe. */
final class RedisMetrics {
  /** What came of it. */
  enum Outcome {
    /** It had the bytes. */
    HIT,
    /** It did not have them. */
    MISS,
    /** It had others than the digest says. */
    WRONG,
    /** It has them now. */
    STORED,
    /** It failed. */
    ERROR,
    /** It did not answer in time. */
    TIMEOUT,
    /** It was not asked. */
    SKIPPED
  }

  private static final List<Outcome> OF_READS =
      List.of(
          Outcome.HIT,
          Outcome.MISS,
          Outcome.WRONG,
          Outcome.ERROR,
          Outcome.TIMEOUT,
          Outcome.SKIPPED);
  private static final List<Outcome> OF_WRITES =
      List.of(Outcome.STORED, Outcome.ERROR, Outcome.TIMEOUT, Outcome.SKIPPED);

  private final MeterRegistry registry;
  private final List<Meter> meters = new ArrayList<>();
  private final Map<Outcome, Counter> reads;
  private final Map<Outcome, Counter> writes;

  RedisMetrics(MeterRegistry registry, BooleanSupplier up) {
    this.registry = registry;
    this.reads = counters("slipway.redis.reads", OF_READS);
    this.writes = counters("slipway.redis.writes", OF_WRITES);
    meters.add(
        Gauge.builder("slipway.redis.up", up, now -> now.getAsBoolean() ? 1 : 0)
            // Nobody else holds on to it.
            .strongReference(true)
            .register(registry));
  }

  private Map<Outcome, Counter> counters(String name, List<Outcome> outcomes) {
    Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);
    for (Outcome outcome : outcomes) {
      String label = outcome.name().toLowerCase(Locale.ROOT);
      Counter counter = registry.counter(name, "outcome", label);
      counters.put(outcome, counter);
      meters.add(counter);
    }
    return counters;
  }

  void read(Outcome outcome) {
    requireNonNull(reads.get(outcome)).increment();
  }

  void write(Outcome outcome) {
    requireNonNull(writes.get(outcome)).increment();
  }

  /** Takes the meters out of the registry. */
  void close() {
    meters.forEach(registry::remove);
  }
}
