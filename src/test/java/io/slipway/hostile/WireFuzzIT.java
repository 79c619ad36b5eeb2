package io.slipway.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sends HTTP/1.1 that is nearly right. {@code -Dslipway.seed=} and {@code -Dslipway.case=}, as a
 * failure prints them, send one case again.
 */
class WireFuzzIT {
  private static final boolean LONG = Boolean.getBoolean("slipway.long");
  private static final long CASES = Long.getLong("slipway.cases", LONG ? 1_000_000 : 3_000);
  private static final Duration TIME = Duration.ofSeconds(LONG ? 60 : 30);
  private static final Duration WARM_UP = Duration.ofSeconds(LONG ? 60 : 8);

  @TempDir Path data;

  @Test
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  void servesOnUnderNonsense() throws Exception {
    long seed = Long.getLong("slipway.seed", System.nanoTime());
    LongFunction<HostileCase> generated = number -> new HttpGrammar(Dice.of(seed, number)).next();
    try (HostileRegistry registry = HostileRegistry.start(data, Map.of())) {
      try {
        attack(registry, generated);
      } catch (AssertionError e) {
        String text = ", of a run with -Dslipway.seed=" + seed + "; the registry printed:\n";
        throw new AssertionError(e.getMessage() + text + registry.alarm(), e);
      }
    }
  }

  private static void attack(HostileRegistry registry, LongFunction<HostileCase> generated)
      throws InterruptedException {
    FuzzContent.push(registry.child().client());
    Long again = Long.getLong("slipway.case");
    List<HostileCase> first =
        again == null ? HostileCase.kept("http1.txt") : List.of(generated.apply(again));
    FuzzRun kept = new FuzzRun(registry.port(), i -> first.get((int) (i % first.size())));
    kept.run(first.size(), Duration.ZERO);
    if (again == null) {
      // A slow machine has no time for what comes once in a thousand cases.
      assertThat(kept.counted()).containsKeys("201", "206", "416");
      fuzz(registry, generated);
    }
  }

  private static void fuzz(HostileRegistry registry, LongFunction<HostileCase> generated)
      throws InterruptedException {
    FuzzRun run = new FuzzRun(registry.port(), generated);
    // What compiled code, pools and caches take, they take at the beginning.
    run.run(CASES / 10, WARM_UP);
    Footprint before = registry.quiet();
    long start = System.nanoTime();
    run.run(CASES - CASES / 10, TIME);
    double seconds = (System.nanoTime() - start) / 1e9;
    registry.requireUnharmed(before);
    System.out.printf(
        "%d cases, the last ones in %.0f s: %s%n%s before, %s after%n",
        run.sent(), seconds, run.counted(), before, registry.footprint());
    assertThat(run.counted()).containsKeys("200", "202", "400", "404", "405");
  }
}
