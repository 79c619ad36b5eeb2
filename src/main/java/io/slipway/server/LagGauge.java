package io.slipway.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Shows how long the oldest of what waits for a job has waited, as of the last look. */
final class LagGauge {
  private final Supplier<Future<Long>> lag;
  private volatile long millis;

  /**
   * Registers the gauge, which is 0 until the first look.
   *
   * @param lag looks how long that is, in milliseconds; what fails changes nothing
   */
  LagGauge(String name, String description, Supplier<Future<Long>> lag, MeterRegistry registry) {
    this.lag = lag;
    TimeGauge.builder(name, this, TimeUnit.MILLISECONDS, gauge -> gauge.millis)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /** Looks again; fails as the look does. */
  Future<?> refresh() {
    return lag.get().onSuccess(found -> millis = found);
  }
}
