package io.slipway.server;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of tags and manifests beside the blobs: when they are written, and how late. */
class CopiesIT {
  private static final byte[] LAYER = PushClient.bytes(30, 100);
  private static final byte[] MANIFEST = PushClient.manifest(LAYER, LAYER);

  @TempDir Path data;

  @Test
  void areWrittenAfterEachChange() {
    StoredData stored = StoredData.of(data);
    try (TestRegistry registry = TestRegistry.start(data)) {
      for (int i = 1; i < 4; i++) {
        push(registry);
        Eventually.happens("the copies are written", () -> isUpToDate(stored));
        assertThat(stored.files("tags")).containsExactly("tags/left/due/v1@" + i);
      }
    }
  }

  @Test
  void areWrittenAtTheNextStart() {
    StoredData stored = StoredData.of(data);
    String copy = "manifests/left/due/" + digest(MANIFEST).text();
    try (TestRegistry registry = TestRegistry.start(data)) {
      push(registry);
      Eventually.happens("the copies are written", () -> isUpToDate(stored));
    }
    stored.delete(copy);
    stored.update(
        "INSERT INTO copy_due (kind, repo, name, due) SELECT 'manifest', repo, digest, 1 FROM manifest");
    try (TestRegistry registry = TestRegistry.start(data)) {
      assertThat(registry.port()).isPositive();
      Eventually.happens("the copy is written", () -> isUpToDate(stored));
      assertThat(stored.read(copy)).isEqualTo(MANIFEST);
    }
  }

  @Test
  void areLateWhileTheyCannotBeWritten() {
    StoredData.of(data).refuseWrites("manifests");
    try (TestRegistry registry = TestRegistry.start(data, "ops.port", "0")) {
      assertThat(lag(registry)).isZero();
      push(registry);
      StoredData.of(data).update("UPDATE copy_due SET due = due - 60000");
    }
    try (TestRegistry registry = TestRegistry.start(data, "ops.port", "0")) {
      Eventually.happens("the lag is told", () -> lag(registry) > 0);
      assertThat(lag(registry)).isBetween(60.0, 120.0);
    }
  }

  private static void push(TestRegistry registry) {
    PushClient client = new PushClient(registry.port());
    assertThat(client.pushBlob("left/due", LAYER).statusCode()).isEqualTo(201);
    assertThat(client.pushManifest("left/due", "v1", MANIFEST).statusCode()).isEqualTo(201);
  }

  private static boolean isUpToDate(StoredData stored) {
    return stored
        .query(
            "SELECT 1 FROM outbox UNION ALL SELECT 1 FROM delivery UNION ALL SELECT 1 FROM copy_due")
        .isEmpty();
  }

  private static double lag(TestRegistry registry) {
    String path = registry.opsUri("/metrics").toString();
    return new String(registry.send("GET", path).body(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith("slipway_copies_lag_seconds "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .findFirst()
        .orElseThrow();
  }
}
