package io.slipway.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.packaging.FaultyFront.Fault;
import io.slipway.packaging.SourceCopy.Outcome;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs simulations as somebody does who wants to know how fast the registry is. */
class BenchmarksIT {
  @TempDir static Path folder;
  @TempDir Path own;

  private static Path home = Path.of(".");

  @BeforeAll
  static void copies() throws Exception {
    home = SourceCopy.withBenchmarks(folder.resolve("a folder with spaces")).folder();
  }

  @Test
  void noneOfAHundredPullsAtOnceFails() throws Exception {
    Path report = own.resolve("a report");
    Outcome run =
        run(
            "concurrent-pulls",
            "--seconds",
            "20",
            "--warm-up",
            "0",
            "--settle",
            "2",
            "--report",
            report.toString());
    assertThat(run.code()).as(run.output()).isZero();
    assertThat(run.output())
        .containsPattern("All Requests +[1-9][0-9,]* +0 ")
        .containsPattern(
            "memory of Slipway: \\d+ MB before .*, \\d+ MB at its peak, \\d+ MB 2 s after")
        .containsPattern("allocated by Slipway: [0-9.]+ KB a request")
        .contains("with 100 users for 20 s", "CPU of Slipway", "report: ");
    assertThat(report.resolve("index.html")).isNotEmptyFile();
  }

  @Test
  void failsWhenOneRequestIsDropped() throws Exception {
    assertThat(throughFront(Fault.DROP).output()).containsPattern("run: 1 of \\d+ requests failed");
  }

  @Test
  void failsWhenOneByteOfALayerIsAnother() throws Exception {
    assertThat(throughFront(Fault.FLIP).output())
        .containsPattern("run: 1 of \\d+ requests failed")
        .contains("sha256:");
  }

  @Test
  void failsWhenThereIsNoRegistry() throws Exception {
    Outcome run = run("--url", "http://127.0.0.1:1", "--seconds", "1");
    assertThat(run.code()).as(run.output()).isEqualTo(1);
    assertThat(run.output()).contains("tried to prepare the registry but");
  }

  private Outcome throughFront(Fault fault) throws Exception {
    try (TestRegistry registry = TestRegistry.start(own.resolve("data"));
        FaultyFront front = new FaultyFront(registry.port(), fault)) {
      Outcome run = run("--url", front.url(), "--users", "20", "--seconds", "3");
      assertThat(front.hasSpoiledOne()).isTrue();
      assertThat(run.code()).as(run.output()).isEqualTo(1);
      return run;
    }
  }

  private Outcome run(String... arguments) throws Exception {
    Path program = home.resolve("benchmarks/run");
    return SourceCopy.outcome(SourceCopy.start(program, own, Map.of(), arguments));
  }
}
