package io.slipway.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.PushClient;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** U+0000, which one database keeps like any other character and another one cannot. */
class NulCharacterIT {
  @TempDir Path data;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v2/_catalog?last=%00",
        "/v2/app/tags/list?last=a%00b",
        "/v2/app/referrers/sha256:0000000000000000000000000000000000000000000000000000000000000000"
            + "?artifactType=%00",
      })
  void isNoFailureInAQuery(String path) {
    try (TestRegistry registry = TestRegistry.start(data)) {
      byte[] blob = PushClient.bytes(1, 10);
      PushClient client = new PushClient(registry.port());
      assertThat(client.pushBlob("app", blob).statusCode()).isEqualTo(201);
      assertThat(registry.send("GET", path).statusCode()).isIn(200, 400);
    }
  }

  @Test
  void isNoFailureInAManifest() {
    try (TestRegistry registry = TestRegistry.start(data)) {
      PushClient client = new PushClient(registry.port());
      byte[] blob = PushClient.bytes(1, 10);
      client.pushBlob("app", blob);
      String manifest = new String(PushClient.manifest(blob, blob), UTF_8);
      for (String extra :
          new String[] {
            "\"artifactType\":\"a/b\\u0000\",", "\"annotations\":{\"a\\u0000\":\"\\u0000\"},"
          }) {
        byte[] body =
            manifest.replaceFirst("\\{", "{" + extra.replace("\\", "\\\\")).getBytes(UTF_8);
        assertThat(client.pushManifest("app", "nul", body).statusCode()).as(extra).isIn(201, 400);
      }
    }
  }
}
