package io.slipway.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What was answered is in the audit log, once, also when the registry died before it wrote that.
 */
class AuditCrashIT {
  private static final int LIVES = Boolean.getBoolean("slipway.long") ? 20 : 3;
  private static final int PUSHERS = 8;

  /** So many are answered when it is killed, in the middle of others. */
  private static final int TAGS = 100;

  private static final byte[] INDEX = "{\"schemaVersion\":2,\"manifests\":[]}".getBytes(UTF_8);

  @TempDir Path folder;
  private final Set<String> answered = ConcurrentHashMap.newKeySet();

  /** Pushes until the registry dies. */
  private void push(PushClient client, String name) {
    for (int i = 0; ; i++) {
      String tag = name + "-" + i;
      int status;
      try {
        status =
            client
                .send(
                    "PUT", "/v2/app/manifests/" + tag, INDEX, "Content-Type", PushClient.INDEX_TYPE)
                .statusCode();
      } catch (RuntimeException e) {
        return;
      }
      assertThat(status).isEqualTo(201);
      answered.add(tag);
    }
  }

  private void live(int life) {
    int before = answered.size();
    try (ExecutorService pushers = Executors.newVirtualThreadPerTaskExecutor();
        ChildRegistry registry = ChildRegistry.start(folder, Map.of())) {
      for (int i = 0; i < PUSHERS; i++) {
        String name = "t" + life + "-" + i;
        pushers.execute(() -> push(registry.client(), name));
      }
      Eventually.happens("some are answered", () -> answered.size() >= before + TAGS);
      registry.kill();
    }
  }

  @Test
  void hasEveryChangeOnceAfterKills() {
    StoredData data = StoredData.of(folder);
    for (int life = 0; life < LIVES; life++) {
      live(life);
    }
    // As of a registry that died between the commit and the relay, which kills seldom meet.
    data.update(
        """
        INSERT INTO outbox (type, payload, created_at) VALUES ('tag.deleted',
          '{"version":1,"id":"late","actor":"","repository":"app","tag":"late","tag_version":1}', %d)
        """
            .formatted(System.currentTimeMillis()));
    answered.add("late");
    try (ChildRegistry registry = ChildRegistry.start(folder, Map.of())) {
      // What the dead took is theirs for a minute, where they may be the living.
      Eventually.happens(
          "everything is written",
          Duration.ofMinutes(2),
          () -> count(data, "outbox") + count(data, "delivery") == 0);
      String subjects = "SELECT subject FROM audit WHERE action LIKE 'tag.%'";
      List<String> audited = data.query(subjects);
      assertThat(audited).doesNotHaveDuplicates().containsAll(answered);
      assertThat(registry.stop()).isZero();
    }
  }

  private static int count(StoredData data, String table) {
    return Integer.parseInt(data.query("SELECT count(*) FROM " + table).getFirst());
  }
}
