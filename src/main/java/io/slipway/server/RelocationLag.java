package io.slipway.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.slipway.metadata.BlobMoves;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;

/**
 * Shows how long the oldest blob has waited where it was uploaded, as of the last look. A rule of
 * the bucket that deletes what is old under {@code uploads/} would take it.
 */
final class RelocationLag {
  private final BlobMoves moves;
  private volatile long millis;

  RelocationLag(BlobMoves moves, MeterRegistry registry) {
    this.moves = moves;
    TimeGauge.builder("slipway.relocation.lag", this, TimeUnit.MILLISECONDS, lag -> lag.millis)
        .description("Age of the oldest blob that is not where its digest says yet")
        .strongReference(true)
        .register(registry);
  }

  /** Looks again. */
  Future<?> refresh() {
    return moves.lag().onSuccess(lag -> millis = lag);
  }
}
