package io.slipway.server;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.metadata.Statistics;
import io.slipway.metadata.StatisticsStore;
import io.vertx.core.Future;
import java.util.function.ToDoubleFunction;

/** Shows how much the registry has, as of the last look. */
final class StatisticsGauges {
  private final StatisticsStore statistics;
  private volatile Statistics latest = Statistics.NONE;

  StatisticsGauges(StatisticsStore statistics, MeterRegistry registry) {
    this.statistics = statistics;
    gauge(registry, "repositories", "Repositories that hold a manifest", Statistics::repositories);
    gauge(registry, "manifests", "Manifests", Statistics::manifests);
    gauge(registry, "images", "Manifests that are or were tagged", Statistics::images);
    gauge(registry, "tags", "Tags", Statistics::tags);
    gauge(registry, "blobs", "Distinct blobs", Statistics::blobs);
    gauge(registry, "blobs.bytes", "Bytes of distinct blobs", Statistics::blobBytes);
    gauge(
        registry,
        "image.average.bytes",
        "Bytes of the blobs an image names, on average",
        Statistics::averageImageBytes);
    gauge(registry, "uploads.open", "Upload sessions under way", Statistics::openUploads);
  }

  private void gauge(
      MeterRegistry registry, String name, String description, ToDoubleFunction<Statistics> value) {
    Gauge.builder("slipway." + name, this, gauges -> value.applyAsDouble(gauges.latest))
        .description(description)
        .register(registry);
  }

  /** Looks again. */
  Future<?> refresh() {
    return statistics.totals().onSuccess(counted -> latest = counted);
  }
}
