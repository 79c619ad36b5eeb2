package io.slipway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * What one run of the command line as a process of its own came to, configured by its environment
 * for the stores of the profile.
 */
public record ChildCommand(int code, String out, String err) {
  private static final long SECONDS = 60;

  /** Runs a command on the stores of a folder, and waits for its end. */
  public static ChildCommand run(Path data, String... arguments) {
    return end(launch(data, Map.of(), arguments));
  }

  /** Runs a command that reads a text, of a few lines, from its standard input. */
  public static ChildCommand runWith(Path data, String input, String... arguments) {
    Process process = launch(data, Map.of(), arguments);
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(UTF_8));
    } catch (IOException e) {
      process.destroyForcibly();
      throw new UncheckedIOException(e);
    }
    return end(process);
  }

  /**
   * Starts a command and waits for nothing; settings are keys of the configuration and their
   * values, and win over those of the profile. Whoever starts it sees to its end.
   */
  public static Process launch(Path data, Map<String, String> settings, String... arguments) {
    List<String> command = ChildJvm.command("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.slipway.cli.Main"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> all = new HashMap<>(TestProfile.settings(data));
    all.put("storage.path", data.toString());
    all.putAll(settings);
    ChildJvm.configure(builder.environment(), all);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the end of a command that was started, and reads all that it writes meanwhile. */
  public static ChildCommand end(Process process) {
    try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        Future<byte[]> out = readers.submit(() -> process.getInputStream().readAllBytes());
        Future<byte[]> err = readers.submit(() -> process.getErrorStream().readAllBytes());
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
          throw new IllegalStateException("still runs after " + SECONDS + " s");
        }
        return new ChildCommand(
            process.exitValue(), new String(out.get(), UTF_8), new String(err.get(), UTF_8));
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      } finally {
        process.destroyForcibly();
      }
    }
  }
}
