package io.slipway.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.packaging.FaultyFront.Fault;
import io.slipway.packaging.SourceCopy.Outcome;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs simulations as somebody does who wants to know how fast the registry is. */
class BenchmarksIT {
  private static final boolean LONG = Boolean.getBoolean("slipway.long");

  /** What shows that every kind of request is answered. */
  private static final List<String> SHORT =
      List.of("--seconds", "2", "--users", "8", "--layer-kib", "16", "--settle", "0");

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

  @ParameterizedTest
  @ValueSource(
      strings = {"mixed", "chunked-uploads", "manifest-storm", "manifest-storm --tokens", "ci-day"})
  void noRequestOfAnyOtherSimulationFails(String simulation) throws Exception {
    assertNoneFails(simulation, LONG ? List.of("--seconds", "20") : SHORT);
  }

  @ParameterizedTest
  @MethodSource("onNodes")
  void noRequestFailsBehindABalancerOfNodes(String simulation) throws Exception {
    assertNoneFails(simulation + " --profile cluster", LONG ? List.of("--seconds", "20") : SHORT);
  }

  /** The one that pulls, pushes and mounts; when there is time all of them. */
  static List<String> onNodes() {
    return LONG
        ? List.of(
            "concurrent-pulls",
            "mixed",
            "chunked-uploads",
            "manifest-storm",
            "manifest-storm --tokens",
            "ci-day",
            "ci-day --tokens")
        : List.of("ci-day --tokens --nodes 2");
  }

  private void assertNoneFails(String simulation, List<String> size) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(simulation.split(" ")));
    arguments.addAll(size);
    arguments.addAll(List.of("--warm-up", "0", "--report", own.resolve("report").toString()));
    Outcome run = run(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.output()).isZero();
    assertThat(run.output())
        .containsPattern("All Requests +[1-9][0-9,]* +0 ")
        .contains("CPU of Slipway");
  }

  /** Not to measure anything: that the program builds and runs every kind. */
  @Test
  void timesMethodsWithTheRegistrysOwnClasses() throws Exception {
    Path program = home.resolve("benchmarks/jmh");
    String[] once = {"--forks", "1", "--warm-up", "0", "--iterations", "1", "--milliseconds", "50"};
    String[] least = {"--parameter", "piece=65536", "--parameter", "layers=5"};
    String[] arguments = Stream.of(once, least).flatMap(Stream::of).toArray(String[]::new);
    Outcome run = SourceCopy.outcome(SourceCopy.start(program, own, Map.of(), arguments));
    assertThat(run.code()).as(run.output()).isZero();
    assertThat(run.output())
        .containsPattern(
            "Hashing.registry \\| piece 65536 \\| [0-9.,]+ ms \\| – \\| [0-9.,]+ ms \\| 1.00 \\|")
        .containsPattern("PathParsing.registry .* \\| [0-9.,]+ ns .* 1.00 ")
        .containsPattern("CacheLookup.registry \\| tags 1 \\| [0-9.,]+ ns ")
        .containsPattern("ManifestReading.registry \\| layers 5 \\| [0-9.,]+ µs ");
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
