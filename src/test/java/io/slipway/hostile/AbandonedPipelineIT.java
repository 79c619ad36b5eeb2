package io.slipway.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.PushClient;
import io.slipway.testing.WireConnection;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leaves while a request waits, with part of its body, for the one before it. */
class AbandonedPipelineIT {
  private static final int CONNECTIONS = 60;
  private static final byte[] LARGE = PushClient.bytes(18, 24 << 20);
  private static final byte[] BODY = new byte[400_000];

  @TempDir Path data;

  @Test
  void givesBackWhatWaited() {
    try (HostileRegistry registry =
        HostileRegistry.start(data, Map.of("http.idle_timeout", "20s"))) {
      assertThat(registry.child().client().pushBlob("team/app", LARGE).statusCode()).isEqualTo(201);
      abandon(registry.port());
      Footprint before = registry.quiet();
      for (int i = 0; i < CONNECTIONS; i++) {
        abandon(registry.port());
      }
      registry.requireUnharmed(before);
    }
  }

  private static void abandon(int port) {
    try (WireConnection connection = WireConnection.open(port)) {
      // Too large for the buffers on its way, and nobody reads it.
      connection
          .head("GET", "/v2/team/app/blobs/" + PushClient.digest(LARGE).text())
          .head(
              "POST",
              "/v2/team/app/blobs/uploads/?digest=" + PushClient.digest(BODY).text(),
              "Content-Length",
              Integer.toString(BODY.length))
          .send(BODY, 0, BODY.length / 2);
      connection.skip(100_000);
      connection.reset();
    }
  }
}
