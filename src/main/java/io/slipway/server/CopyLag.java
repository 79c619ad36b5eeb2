package io.slipway.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.slipway.storage.CopyWriter;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;

/** Shows how late the copies of tags and manifests are, as of the last look. */
final class CopyLag {
  private final CopyWriter copies;
  private volatile long millis;

  CopyLag(CopyWriter copies, MeterRegistry registry) {
    this.copies = copies;
    TimeGauge.builder("slipway.copies.lag", this, TimeUnit.MILLISECONDS, lag -> lag.millis)
        .description("Age of the oldest change that is not copied yet")
        .strongReference(true)
        .register(registry);
  }

  /** Looks again. */
  Future<?> refresh() {
    return copies.lag(System.currentTimeMillis()).onSuccess(lag -> millis = lag);
  }
}
