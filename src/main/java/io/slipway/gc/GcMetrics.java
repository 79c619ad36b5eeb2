package io.slipway.gc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Shows what collections do, as {@code slipway_gc_*}. Thread-safe. */
final class GcMetrics {
  private final MeterRegistry registry;
  private final Counter marked;
  private final Counter bytes;
  private volatile boolean running;
  private volatile long lastSuccess;

  GcMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.marked =
        Counter.builder("slipway.gc.marked")
            .description("What looked as if nothing needed it")
            .register(registry);
    this.bytes =
        Counter.builder("slipway.gc.deleted.bytes")
            .description("Bytes of blobs that were deleted")
            .register(registry);
    Gauge.builder("slipway.gc.running", this, metrics -> metrics.running ? 1 : 0)
        .description("Whether a collection is under way")
        .strongReference(true)
        .register(registry);
    TimeGauge.builder(
            "slipway.gc.last.success", this, TimeUnit.MILLISECONDS, metrics -> metrics.lastSuccess)
        .description("When a collection last ended well")
        .strongReference(true)
        .register(registry);
    counter("manifest");
    counter("link");
    counter("blob");
    runs("completed");
  }

  private Counter counter(String kind) {
    return Counter.builder("slipway.gc.deleted")
        .description("What was deleted")
        .tag("kind", kind)
        .register(registry);
  }

  private Timer runs(String outcome) {
    return Timer.builder("slipway.gc.runs")
        .description("Collections, dry runs left out")
        .tag("outcome", outcome)
        .register(registry);
  }

  void started() {
    running = true;
  }

  /** Counts what looks as if nothing needed it. */
  void marked(int count) {
    marked.increment(count);
  }

  /** Counts what was deleted; {@code kind} is manifest, link or blob. */
  void deleted(String kind, int count) {
    counter(kind).increment(count);
  }

  /** Counts the size of deleted blobs. */
  void deletedBytes(long size) {
    bytes.increment((double) size);
  }

  /** Notes the end of a run. */
  void ended(String outcome, Duration took, boolean dryRun) {
    running = false;
    if (dryRun) {
      return;
    }
    runs(outcome).record(took);
    if (outcome.equals("completed")) {
      lastSuccess = System.currentTimeMillis();
    }
  }
}
