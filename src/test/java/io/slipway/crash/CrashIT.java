package io.slipway.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a registry at random moments of a mixed load, and holds it to what it acknowledged. */
class CrashIT {
  private static final int CRASHES =
      Integer.getInteger(
          "slipway.crashes",
          Boolean.getBoolean("slipway.long") ? 1000 : TestProfile.isCluster() ? 10 : 30);

  /** A folder does not grow without end, and neither do the checks of it. */
  private static final int CRASHES_OF_A_FOLDER = 50;

  private static final List<Moment> MOMENTS =
      List.of(
          Moment.LOAD,
          Moment.COMMIT,
          Moment.BYTES,
          Moment.START,
          Moment.COMMIT,
          Moment.DRAIN,
          Moment.LOAD,
          Moment.AGAIN,
          Moment.COMMIT,
          Moment.BYTES);

  @TempDir Path data;

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  void keepsEveryPromise(TestReporter reporter) throws Exception {
    long seed = Long.getLong("slipway.seed", System.nanoTime());
    Random random = new Random(seed);
    Map<Moment, Integer> deaths = new EnumMap<>(Moment.class);
    long checked = 0;
    for (int crash = 0; crash < CRASHES; crash += CRASHES_OF_A_FOLDER) {
      List<Moment> moments = new ArrayList<>();
      for (int i = crash; i < Math.min(CRASHES, crash + CRASHES_OF_A_FOLDER); i++) {
        moments.add(MOMENTS.get(i % MOMENTS.size()));
      }
      Path folder = Files.createDirectory(data.resolve("folder" + crash));
      Era era = new Era(folder, random);
      try {
        era.run(moments);
      } catch (AssertionError | Exception e) {
        String when = "after " + era.deaths() + " of folder " + crash;
        throw new AssertionError(when + " of a run with -Dslipway.seed=" + seed, e);
      }
      delete(folder);
      era.deaths().forEach((moment, count) -> deaths.merge(moment, count, Integer::sum));
      checked += era.checked();
      reporter.publishEntry(Map.of("deaths", deaths.toString(), "promises", checked + " checked"));
    }
    assertThat(deaths.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(CRASHES);
    assertThat(checked).as("promises").isGreaterThan(10L * CRASHES);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Nothing but the push itself happened before the process died. */
  @Test
  void copiesWhatAProcessPushedInItsLastMoment() {
    StoredData stored = StoredData.of(data);
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
        String copy = "manifests/last/moment/" + digest;
        String tag = "tags/last/moment/now@" + (i + 1);
        Eventually.happens("the copies appear", () -> stored.files("tags").equals(List.of(tag)));
        Eventually.happens("the manifest's too", () -> stored.files("manifests").contains(copy));
        assertThat(stored.read(copy)).isEqualTo(manifest);
        assertThat(new String(stored.read(tag), UTF_8)).contains(digest);
      }
    }
  }
}
