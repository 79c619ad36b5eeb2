package io.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTest {
  @Test
  void printsWhatPartsRegister() {
    try (Metrics metrics = new Metrics()) {
      metrics.registry().counter("slipway.test", "kind", "x").increment();
      assertThat(metrics.scrape()).contains("slipway_test_total{kind=\"x\"} 1.0");
    }
  }

  @Test
  void printsTheNumbersOfTheJvm() {
    try (Metrics metrics = new Metrics()) {
      metrics.observeJvm();
      metrics.observeJvm();
      assertThat(metrics.scrape())
          .contains(
              "slipway_netty_direct_used_bytes",
              "slipway_netty_direct_max_bytes",
              "jvm_memory_used_bytes",
              "jvm_gc_",
              "jvm_buffer_memory_used_bytes",
              "jvm_threads_live_threads",
              "process_files_open_files",
              "process_uptime_seconds",
              "system_cpu_count");
    }
  }
}
