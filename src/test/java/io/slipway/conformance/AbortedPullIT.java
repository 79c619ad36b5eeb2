package io.slipway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.RawConnection;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Breaks off pulls in the middle. */
class AbortedPullIT {
  private static final int PULLS = 8;

  @Test
  void nothingStaysOpen(@TempDir Path data) throws IOException {
    byte[] blob = Content.bytes(24 * 1024 * 1024, 1);
    try (TestRegistry registry = TestRegistry.start(data)) {
      Content content = new Content(registry).blob("blob", blob);
      for (int i = 0; i < PULLS; i++) {
        abort(registry, content.get("blob"), "X: y");
        abort(registry, content.get("blob"), "Range: bytes=0-8000000,9000000-");
      }
      assertThat(registry.send("GET", "/v2/team/app/blobs/" + content.get("blob")).body())
          .isEqualTo(blob);
    }
    assertThat(OpenFiles.under(data)).isEmpty();
  }

  private static void abort(TestRegistry registry, String digest, String header)
      throws IOException {
    try (RawConnection connection = new RawConnection(registry.port())) {
      connection
          .lines("GET /v2/team/app/blobs/" + digest + " HTTP/1.1", "Host: localhost", header, "")
          .skip(100_000);
    }
  }
}
