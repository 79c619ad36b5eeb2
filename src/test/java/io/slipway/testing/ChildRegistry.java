package io.slipway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs a registry as a process of its own, which a test can kill, on the stores of the profile. */
public final class ChildRegistry implements AutoCloseable {
  private static final long SECONDS = 60;

  /** On a machine that has too much to do a start takes long; how long is not what tests ask. */
  private static final long START_SECONDS = 240;

  private static final Pattern LISTENS = Pattern.compile("listens on https?://[^/ ]*:([0-9]+)");

  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Integer> port = new CompletableFuture<>();

  private ChildRegistry(Process process) {
    this.process = process;
    Thread.ofVirtual().start(this::readLines);
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
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Stream.of("slipway.test.agent", "slipway.test.flags")
        .flatMap(flags -> Stream.of(System.getProperty(flags, "").split(" ")))
        .filter(flag -> !flag.isBlank())
        .forEach(command::add);
    command.addAll(
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError"));
    command.addAll(List.of(jvmFlags));
    command.addAll(List.of("-cp", classPath, "io.slipway.cli.Main"));
    command.addAll(List.of("serve", "--port", "0", "--data", data.toString()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.environment().put("REGISTRY_STORAGE_RESERVE", "0");
    builder.environment().put("REGISTRY_HTTP_ACCESS_LOG", "false");
    Map<String, String> all = new HashMap<>(TestProfile.settings(data));
    all.putAll(settings);
    all.forEach((key, value) -> builder.environment().put(variable(key), value));
    try {
      return new ChildRegistry(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String variable(String key) {
    return "REGISTRY_" + key.replace('.', '_').toUpperCase(Locale.ROOT);
  }

  private void readLines() {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
        Matcher listens = LISTENS.matcher(line);
        if (listens.find()) {
          port.complete(Integer.parseInt(listens.group(1)));
        }
      }
    } catch (IOException e) {
      lines.add(e.toString());
    }
    port.completeExceptionally(new IllegalStateException("the registry ended"));
  }

  /** Waits until it listens, and returns where. */
  public int port() {
    try {
      return port.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      kill();
      throw new IllegalStateException("tried to start a registry:\n" + output(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
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
    return String.join("\n", lines);
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
