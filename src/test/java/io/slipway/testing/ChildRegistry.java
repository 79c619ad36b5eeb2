package io.slipway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Runs a registry as a process of its own, which a test can kill, on the stores of the profile. */
public final class ChildRegistry implements AutoCloseable {
  private static final long SECONDS = 60;

  /** On a machine that has too much to do a start takes long; how long is not what tests ask. */
  private static final Duration START = Duration.ofMinutes(4);

  private static final Pattern LISTENS = Pattern.compile("listens on https?://[^/ ]*:([0-9]+)");

  private final Process process;
  private final ServerOutput output;

  private ChildRegistry(Process process) {
    this.process = process;
    this.output = ServerOutput.of(process, LISTENS);
  }

  /**
   * Starts a registry on a folder and waits until it listens; settings are keys of the
   * configuration and their values, and win over those of the profile.
   */
  public static ChildRegistry start(Path data, Map<String, String> settings, String... jvmFlags) {
    ChildRegistry child = launch(data, settings, jvmFlags);
    child.port();
    return child;
  }

  /** Starts a registry and waits for nothing. */
  public static ChildRegistry launch(Path data, Map<String, String> settings, String... jvmFlags) {
    return launchIn(Map.of(), data, settings, jvmFlags);
  }

  /** Starts a registry with more in its environment and waits for nothing. */
  public static ChildRegistry launchIn(
      Map<String, String> environment,
      Path data,
      Map<String, String> settings,
      String... jvmFlags) {
    String classes = System.getProperty("java.class.path");
    return launchOf(classes, environment, data, settings, jvmFlags);
  }

  /** Starts a registry of other classes, a newer release for example, and waits for nothing. */
  public static ChildRegistry launchOf(
      String classPath,
      Map<String, String> environment,
      Path data,
      Map<String, String> settings,
      String... jvmFlags) {
    List<String> command =
        ChildJvm.command(
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError");
    command.addAll(List.of(jvmFlags));
    command.addAll(List.of("-cp", classPath, "io.slipway.cli.Main"));
    command.addAll(List.of("serve", "--port", "0", "--data", data.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put("REGISTRY_STORAGE_RESERVE", "0");
    builder.environment().put("REGISTRY_HTTP_ACCESS_LOG", "false");
    Map<String, String> all = new HashMap<>(TestProfile.settings(data));
    all.putAll(settings);
    ChildJvm.configure(builder.environment(), all);
    try {
      return new ChildRegistry(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it listens, and returns where. */
  public int port() {
    return output.port(START);
  }

  public PushClient client() {
    return new PushClient(port());
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Returns what it printed so far, on both streams. */
  public String output() {
    return output.text();
  }

  /** Ends it as {@code kill -9} does, and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    await();
  }

  /** Tells it to end as {@code kill} does, and waits for nothing. */
  public void terminate() {
    process.destroy();
  }

  /** Ends it as {@code kill} does; returns its exit code. */
  public int stop() {
    terminate();
    return end();
  }

  /** Waits until it has ended, which it was told before; returns its exit code. */
  public int end() {
    await();
    return process.exitValue();
  }

  private void await() {
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("the registry does not end:\n" + output());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
