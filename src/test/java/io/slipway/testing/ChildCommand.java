package io.slipway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What one run of the command line as a process of its own came to, configured by its environment
 * for the stores of the profile.
 */
public record ChildCommand(int code, String out, String err) {
  private static final long SECONDS = 60;

  /** Runs a command on the stores of a folder, and waits for its end. */
  public static ChildCommand run(Path data, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Stream.of("slipway.test.agent", "slipway.test.flags")
        .flatMap(flags -> Stream.of(System.getProperty(flags, "").split(" ")))
        .filter(flag -> !flag.isBlank())
        .forEach(command::add);
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.slipway.cli.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> settings = new HashMap<>(TestProfile.settings(data));
    settings.put("storage.path", data.toString());
    settings.forEach(
        (key, value) ->
            builder
                .environment()
                .put("REGISTRY_" + key.replace('.', '_').toUpperCase(Locale.ROOT), value));
    try {
      return of(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ChildCommand of(Process process) throws IOException {
    try {
      // What it writes is a few lines: it fits into the pipes.
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("still runs after " + SECONDS + " s");
      }
      return new ChildCommand(
          process.exitValue(),
          new String(process.getInputStream().readAllBytes(), UTF_8),
          new String(process.getErrorStream().readAllBytes(), UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
  }
}
