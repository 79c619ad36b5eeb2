package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.TestRegistry;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that is told to stop first says so to those who send it requests. */
class DrainIT {
  @TempDir private Path data;

  @Test
  void acceptsRequestsUntilLoadBalancersHaveNoticed() throws Exception {
    TestRegistry registry = TestRegistry.start(data, "drain.notice", "2s");
    PushClient client = new PushClient(registry.port());
    assertThat(client.send("GET", "/readyz").statusCode()).isEqualTo(200);
    long begin = System.nanoTime();
    Thread stopping = Thread.ofVirtual().start(registry::close);
    Eventually.happens(
        "it says that it stops", () -> client.send("GET", "/readyz").statusCode() == 503);
    // From a connection of its own, as one that comes now.
    assertThat(new PushClient(registry.port()).send("GET", "/v2/").statusCode()).isEqualTo(200);
    assertThat(client.send("GET", "/livez").statusCode()).isEqualTo(200);
    stopping.join();
    assertThat(System.nanoTime() - begin).isGreaterThan(1_900_000_000L);
    assertThat(isClosed(registry.port())).isTrue();
  }

  private static boolean isClosed(int port) {
    try {
      new PushClient(port).send("GET", "/livez");
      return false;
    } catch (UncheckedIOException e) {
      return true;
    }
  }
}
