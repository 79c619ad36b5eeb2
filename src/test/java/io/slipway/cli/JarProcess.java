package io.slipway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.slipway.testing.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One run of the packaged jar as a process of its own; ends with it. */
final class JarProcess implements AutoCloseable {
  private static final Pattern LISTENS = Pattern.compile(".*listens on \\S+:(\\d+),.*");

  private final Process process;
  private final BufferedReader output;
  private final StringBuilder seen = new StringBuilder();

  private JarProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(UTF_8);
  }

  static JarProcess start(String... arguments) throws IOException {
    List<String> command = ChildJvm.command("-jar", Path.of("target", "registry.jar").toString());
    command.addAll(List.of(arguments));
    return new JarProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** Waits for the server's line and returns the port it names. */
  int port() throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      seen.append(line).append('\n');
      Matcher matcher = LISTENS.matcher(line);
      if (matcher.matches()) {
        return Integer.parseInt(matcher.group(1));
      }
    }
    throw new IllegalStateException("never listened: " + seen);
  }

  /** Sends SIGTERM. */
  void terminate() {
    // Not Process.destroy: it closes the output, too.
    process.toHandle().destroy();
  }

  /** Waits for the end; what it printed is in the outcome. */
  Outcome outcome() throws Exception {
    String rest = output.readAllAsString();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("still runs: " + seen + rest);
    }
    return new Outcome(process.exitValue(), seen + rest);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      output.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  record Outcome(int code, String output) {}
}
