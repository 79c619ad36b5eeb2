package io.slipway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program as a test starts it: in which folder, with what in front and in the environment. */
record Program(Path folder, Map<String, String> environment, List<String> first) {
  private static final long MINUTES = 5;

  /** What a program printed on both streams, and its exit code. */
  record Outcome(int code, String output) {}

  static Program of(String... first) {
    return new Program(Path.of("."), Map.of(), List.of(first));
  }

  /** A script that ends at the first command that fails. */
  static Program bash() {
    return of("bash", "-euo", "pipefail", "-c");
  }

  Program in(Path other) {
    return new Program(other, environment, first);
  }

  Program then(String... more) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(more));
    return new Program(folder, environment, List.copyOf(all));
  }

  Program with(String name, String value) {
    return with(Map.of(name, value));
  }

  Program with(Map<String, String> variables) {
    Map<String, String> more = new HashMap<>(environment);
    more.putAll(variables);
    return new Program(folder, Map.copyOf(more), first);
  }

  /** Runs it to its end. */
  Outcome run(String... arguments) throws IOException, InterruptedException {
    Process process = start(arguments);
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError(first + " " + Arrays.toString(arguments) + " does not end");
    }
    return new Outcome(process.exitValue(), output);
  }

  /** Runs it to a good end and returns what it printed, without the line break at the end. */
  String print(String... arguments) throws IOException, InterruptedException {
    Outcome outcome = run(arguments);
    assertThat(outcome.code())
        .as("%s %s: %s", first, Arrays.toString(arguments), outcome.output())
        .isZero();
    return outcome.output().stripTrailing();
  }

  /** Runs it to a bad end and returns what it printed. */
  String fail(String... arguments) throws IOException, InterruptedException {
    Outcome outcome = run(arguments);
    assertThat(outcome.code())
        .as("%s %s: %s", first, Arrays.toString(arguments), outcome.output())
        .isNotZero();
    return outcome.output();
  }

  Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(first);
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(folder.toFile());
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Ends a process with SIGTERM; fails when it did not end well within some seconds. */
  static void end(Process process, long seconds) {
    // By its handle, because the process itself would close what it still prints to.
    process.toHandle().destroy();
    boolean ended = false;
    try {
      ended = process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroyForcibly();
    }
    assertThat(ended).as("ended after SIGTERM").isTrue();
    assertThat(process.exitValue()).as("exit code").isZero();
  }
}
