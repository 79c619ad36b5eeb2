package io.slipway.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.TestRegistry;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryServerIT {
  @TempDir Path data;

  @Test
  void answersLoadBalancersAndHealthChecks() {
    try (TestRegistry registry = TestRegistry.start(data)) {
      assertThat(registry.send("GET", "/").statusCode()).isEqualTo(200);
      HttpResponse<byte[]> health = registry.send("GET", "/api/v1/registry/health");
      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(new String(health.body(), UTF_8)).isEqualTo("{\"healthy\":true}");
    }
  }

  @Test
  void leavesNoSignOfAnUncleanEndAfterACleanOne() {
    try (TestRegistry registry = TestRegistry.start(data)) {
      assertThat(registry.port()).isPositive();
    }
    assertThat(Files.exists(data.resolve("running"))).isFalse();
  }
}
