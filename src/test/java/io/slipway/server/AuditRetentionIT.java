package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import io.vertx.core.json.JsonArray;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deletes what is old in the audit log, beside everything else that a server does. */
class AuditRetentionIT {
  /** More than are deleted at once. */
  private static final int OLD = 2500;

  @TempDir Path folder;

  private void write(String actor, int count, Duration ago) {
    StoredData.of(folder)
        .update(
            """
            INSERT INTO audit (event, happened_at, actor, address, action, outcome, subject, times)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %2$d)
            SELECT '%1$s' || i, %3$d + i, '%1$s', '192.0.2.1', 'x', 'done', '', 1 FROM n
            """
                .formatted(actor, count, Instant.now().minus(ago).toEpochMilli()));
  }

  private List<String> counts() {
    return StoredData.of(folder)
        .query(
            "SELECT actor, count(*) FROM audit WHERE action = 'x' GROUP BY actor ORDER BY actor");
  }

  @Test
  void deletesWhatBecomesOldWhileItRuns() {
    try (TestRegistry registry = TestRegistry.start(folder, "audit.retention", "2s")) {
      write("late", 3, Duration.ofDays(-1));
      write("old", OLD, Duration.ofHours(1));
      Eventually.happens("what is old is deleted", () -> counts().equals(List.of("late|3")));
      // It was not only the look at the start.
      write("other", OLD, Duration.ofHours(1));
      Eventually.happens("more is deleted", () -> counts().equals(List.of("late|3")));
      byte[] shown = registry.send("GET", "/api/v1/audit?actor=late").body();
      assertThat(new JsonArray(new String(shown, StandardCharsets.UTF_8))).hasSize(3);
    }
  }

  @Test
  void deletesAtTheStartWhatBecameOldMeanwhile() {
    try (TestRegistry registry = TestRegistry.start(folder, "audit.retention", "1h")) {
      write("new", 3, Duration.ofMinutes(30));
      write("old", OLD, Duration.ofMinutes(90));
      registry.restart();
      Eventually.happens("what is old is deleted", () -> counts().equals(List.of("new|3")));
    }
  }
}
