package io.slipway.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.MemoryFolder;
import io.slipway.testing.TestProfile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Collects garbage while clients push, pull and delete and nodes are killed and stopped: nothing
 * that a tag holds is ever missed, and nothing else is left. {@code -Dslipway.seed=} gives each
 * client the same intentions again, {@code -Dslipway.seconds=} the time of the load.
 */
class CollectionIT {
  private static final int SECONDS =
      Integer.getInteger("slipway.seconds", Boolean.getBoolean("slipway.long") ? 1800 : 60);

  /** Some hundreds a minute, also on a machine that has much else to do. */
  private static final int RELOCATIONS = Math.max(50, SECONDS * 5 / 3);

  @TempDir(factory = MemoryFolder.class)
  Path data;

  static List<Integer> nodes() {
    return TestProfile.isCluster() ? List.of(1, 3) : List.of(1);
  }

  @ParameterizedTest(name = "on {0} nodes")
  @MethodSource("nodes")
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  void keepsWhatTagsHoldAndNothingElse(int nodes) throws Exception {
    long seed = Long.getLong("slipway.seed", System.nanoTime());
    System.out.println("-Dslipway.seed=" + seed);
    Figures figures = new Figures();
    long start = System.nanoTime();
    try {
      new Siege(data, nodes, figures, new Random(seed)).run(Duration.ofSeconds(SECONDS));
    } catch (AssertionError | Exception e) {
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
      throw new AssertionError(
          "after %d s of a run with -Dslipway.seed=%d and %s"
              .formatted(seconds, seed, figures.all()),
          e);
    }
    System.out.println(nodes + " nodes, " + SECONDS + " s: " + figures.all());
    assertThat(figures.of("collections")).as("collections").isPositive();
    assertThat(figures.of("blobs collected")).as("blobs collected").isPositive();
    assertThat(figures.of("MANIFEST_BLOB_UNKNOWN")).as("pushes begun again").isPositive();
    assertThat(figures.of("complete pulls")).as("complete pulls").isPositive();
    assertThat(figures.of("kills") + figures.of("stops")).as("kills and stops").isPositive();
    if (TestProfile.isCluster()) {
      assertThat(figures.of("relocations")).as("relocations").isGreaterThanOrEqualTo(RELOCATIONS);
      assertThat(figures.of("blobs that lost their bytes")).as("lost blobs").isZero();
      assertThat(figures.of("relocations to a key used before")).as("keys reused").isPositive();
    }
  }
}
