package io.slipway.runtime;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.util.internal.PlatformDependent;
import org.jspecify.annotations.Nullable;

/** Keeps the numbers of this process and prints them for Prometheus; thread-safe. */
public final class Metrics implements AutoCloseable {
  /** The media type of {@link #scrape}. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private @Nullable JvmGcMetrics collections;

  /** Returns where parts of the program register their numbers; label values must be few. */
  public MeterRegistry registry() {
    return registry;
  }

  /**
   * Adds the numbers of the JVM: heap, direct memory, collections, threads, files, processors.
   *
   * <p>Takes some 100 ms the first time, so a server calls it when it already listens.
   */
  public synchronized void observeJvm() {
    if (collections != null) {
      return;
    }
    collections = new JvmGcMetrics();
    collections.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    Gauge.builder("slipway.netty.direct.used", PlatformDependent::usedDirectMemory)
        .description("Direct memory that Netty has taken, -1 when it does not count")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("slipway.netty.direct.max", PlatformDependent::maxDirectMemory)
        .description("Direct memory that Netty may take")
        .baseUnit("bytes")
        .register(registry);
  }

  /** Prints every number in Prometheus' text format; takes milliseconds, so off the event loop. */
  public String scrape() {
    return registry.scrape();
  }

  @Override
  public synchronized void close() {
    if (collections != null) {
      collections.close();
    }
    registry.close();
  }
}
