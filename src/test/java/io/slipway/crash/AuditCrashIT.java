package io.slipway.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What was answered is in the audit log, once, also when the registry died before it wrote that.
 */
class AuditCrashIT {
  private static final int LIVES = Boolean.getBoolean("slipway.long") ? 20 : 3;
  private static final int TAGS = 25;
  private static final byte[] INDEX = "{\"schemaVersion\":2,\"manifests\":[]}".getBytes(UTF_8);

  @TempDir Path folder;

  @Test
  void hasEveryChangeOnceAfterKills() {
    StoredData data = StoredData.of(folder);
    int unwritten = 0;
    for (int life = 0; life < LIVES; life++) {
      try (ChildRegistry registry = ChildRegistry.start(folder, Map.of())) {
        PushClient client = registry.client();
        for (int i = 0; i < TAGS; i++) {
          String path = "/v2/app/manifests/t" + life + "-" + i;
          int status =
              client.send("PUT", path, INDEX, "Content-Type", PushClient.INDEX_TYPE).statusCode();
          assertThat(status).isEqualTo(201);
        }
        registry.kill();
      }
      unwritten += count(data, "outbox") + count(data, "delivery");
    }
    assertThat(unwritten).as("what the registry died too early for").isPositive();
    try (ChildRegistry registry = ChildRegistry.start(folder, Map.of())) {
      // What the dead took is theirs for a minute, where they may be the living.
      Eventually.happens(
          "everything is written",
          Duration.ofMinutes(2),
          () -> count(data, "outbox") + count(data, "delivery") == 0);
      List<String> times =
          data.query("SELECT count(*) FROM audit WHERE action = 'tag.moved' GROUP BY subject");
      assertThat(times).isEqualTo(Collections.nCopies(LIVES * TAGS, "1"));
      assertThat(registry.stop()).isZero();
    }
  }

  private static int count(StoredData data, String table) {
    return Integer.parseInt(data.query("SELECT count(*) FROM " + table).getFirst());
  }
}
