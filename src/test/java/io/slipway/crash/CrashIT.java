package io.slipway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a registry at random moments of a mixed load, and holds it to what it acknowledged. */
class CrashIT {
  private static final int CRASHES =
      Integer.getInteger("slipway.crashes", Boolean.getBoolean("slipway.long") ? 200 : 10);
  private static final int CLIENTS = 4;

  @TempDir Path data;

  private final Promises promises = new Promises();

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  void keepsEveryPromise() throws Exception {
    long seed = Long.getLong("slipway.seed", System.nanoTime());
    Random random = new Random(seed);
    StoredData stored = new StoredData(data);
    for (int crash = 0; crash <= CRASHES; crash++) {
      try (ChildRegistry registry = ChildRegistry.start(data, Map.of())) {
        PushClient client = registry.client();
        promises.resume(client);
        promises.keep(client);
        stored.requireAgreement();
        if (crash < CRASHES) {
          loadAndKill(registry, random);
        } else {
          requireCopies(stored);
          assertThat(stored.staged()).isEmpty();
          assertThat(registry.stop()).isZero();
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("crash " + crash + " of a run with -Dslipway.seed=" + seed, e);
      }
    }
    stored.requireAgreement();
    assertThat(promises.size()).as("promises").isGreaterThan(CRASHES);
  }

  private void loadAndKill(ChildRegistry registry, Random random) throws Exception {
    long end = System.nanoTime() + (100 + random.nextInt(1200)) * 1_000_000L;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(threads.submit(new Load(registry.client(), promises, i, random.nextLong())));
      }
      Eventually.happens(
          "the moment comes",
          () -> System.nanoTime() > end || clients.stream().anyMatch(Future::isDone));
      registry.kill();
      for (Future<?> client : clients) {
        client.get();
      }
    }
  }

  /** Every event was handled in the end, whichever process wrote it. */
  private void requireCopies(StoredData stored) throws IOException {
    Eventually.happens(
        "no event waits",
        () ->
            stored
                .query(
                    "SELECT 1 FROM outbox UNION ALL SELECT 1 FROM delivery"
                        + " UNION ALL SELECT 1 FROM copy_due")
                .isEmpty());
    for (Promises.Manifest manifest : promises.manifests()) {
      Path copy =
          data.resolve("manifests")
              .resolve(manifest.repository())
              .resolve(manifest.digest().text());
      assertThat(Files.readAllBytes(copy)).isEqualTo(manifest.bytes());
    }
    List<String> tags = stored.query("SELECT repo, name, version FROM tag ORDER BY repo, name");
    assertThat(stored.files("tags"))
        .containsExactlyInAnyOrderElementsOf(
            tags.stream()
                .map(row -> "tags/" + row.replaceFirst("\\|", "/").replace('|', '@'))
                .toList());
  }

  /** Nothing but the push itself happened before the process died. */
  @Test
  void copiesWhatAProcessPushedInItsLastMoment() throws IOException {
    StoredData stored = new StoredData(data);
    for (int i = 0; i < 3; i++) {
      byte[] layer = PushClient.bytes(i, 100);
      byte[] manifest = PushClient.manifest(layer, layer);
      try (ChildRegistry registry = ChildRegistry.start(data, Map.of())) {
        PushClient client = registry.client();
        assertThat(client.pushBlob("last/moment", layer).statusCode()).isEqualTo(201);
        assertThat(client.pushManifest("last/moment", "now", manifest).statusCode()).isEqualTo(201);
        registry.kill();
      }
      try (ChildRegistry registry = ChildRegistry.start(data, Map.of())) {
        assertThat(registry.isAlive()).isTrue();
        String digest = PushClient.digest(manifest).text();
        Path copy = data.resolve("manifests/last/moment").resolve(digest);
        String tag = "tags/last/moment/now@" + (i + 1);
        Eventually.happens("the copies appear", () -> stored.files("tags").equals(List.of(tag)));
        Eventually.happens("the manifest's too", () -> Files.exists(copy));
        assertThat(Files.readAllBytes(copy)).isEqualTo(manifest);
        assertThat(Files.readString(data.resolve(tag))).contains(digest);
      }
    }
  }
}
