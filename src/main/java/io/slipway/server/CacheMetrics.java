package io.slipway.server;

import com.github.benmanes.caffeine.cache.stats.CacheStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** Tells how often a cache had the answer. */
final class CacheMetrics {
  private CacheMetrics() {}

  static void observe(MeterRegistry registry, String cache, Supplier<CacheStats> stats) {
    FunctionCounter.builder("slipway.cache.hits", stats, now -> now.get().hitCount())
        .description("Answers that were in the cache")
        .tag("cache", cache)
        .register(registry);
    FunctionCounter.builder("slipway.cache.misses", stats, now -> now.get().missCount())
        .description("Answers that had to be loaded")
        .tag("cache", cache)
        .register(registry);
  }
}
