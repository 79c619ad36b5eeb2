package io.slipway.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.clients.jedis.Jedis;
import redis.embedded.core.ExecutableProvider;

/** Runs a Redis server, or a sentinel, as a process on a free port of this machine. */
public final class RedisServer implements AutoCloseable {
  private static final Path FOLDER = Path.of("target/embedded-redis").toAbsolutePath();

  /** So much higher is the port of the cluster's bus. */
  private static final int BUS = 10_000;

  private final Path folder;
  private final int port;
  private Process process;

  private RedisServer(Path folder, int port, Process process) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  /** Holds the program that the tests of this JVM share, until it ends. */
  private static final class Unpacked {
    static final File PROGRAM = program();

    private static File program() {
      try {
        Path unpacked = Files.createDirectories(FOLDER.resolve("program-" + UUID.randomUUID()));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(unpacked)));
        return ExecutableProvider.newJarResourceProvider(unpacked.toFile()).get();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Holds the server that the tests of this JVM share, until it ends. */
  private static final class Shared {
    static final RedisServer SERVER = make();

    private static RedisServer make() {
      RedisServer server = start();
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      return server;
    }
  }

  /** Returns its program, which is there until this JVM ends. */
  public static Path program() {
    return Unpacked.PROGRAM.toPath();
  }

  /** Returns the server that all tests of this JVM share. */
  public static RedisServer shared() {
    return Shared.SERVER;
  }

  /** Starts one of the test's own; settings are lines of its configuration. */
  public static RedisServer start(String... settings) {
    return start(false, settings);
  }

  /** Starts a sentinel; settings are lines of its configuration. */
  public static RedisServer sentinel(String... settings) {
    return start(true, settings);
  }

  private static RedisServer start(boolean sentinel, String... settings) {
    for (int attempt = 1; ; attempt++) {
      Path folder = FOLDER.resolve("data-" + UUID.randomUUID());
      int port = FreePort.findWith(BUS);
      List<String> lines = new ArrayList<>(List.of("bind 127.0.0.1", "dir " + folder));
      boolean encrypted = Stream.of(settings).anyMatch(line -> line.startsWith("tls-cert-file"));
      lines.add(encrypted ? "port 0" : "port " + port);
      if (encrypted) {
        lines.add("tls-port " + port);
      }
      if (!sentinel) {
        lines.add("save \"\"");
      }
      lines.addAll(List.of(settings));
      RedisServer server = launch(folder, port, lines, sentinel);
      if (server.becomesReady(sentinel)) {
        return server;
      }
      String log = server.log();
      server.close();
      if (attempt == 5 || !log.contains("Address already in use")) {
        throw new IllegalStateException("tried to start Redis but it said\n" + log);
      }
    }
  }

  private static RedisServer launch(Path folder, int port, List<String> lines, boolean sentinel) {
    try {
      Files.createDirectories(folder);
      Files.write(folder.resolve("redis.conf"), lines);
      return new RedisServer(folder, port, run(folder, sentinel));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process run(Path folder, boolean sentinel) throws IOException {
    List<String> command = new ArrayList<>(List.of(Unpacked.PROGRAM.getPath()));
    command.add(folder.resolve("redis.conf").toString());
    if (sentinel) {
      command.add("--sentinel");
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  private boolean becomesReady(boolean sentinel) {
    String ready = sentinel ? "+monitor" : "Ready to accept connections";
    Eventually.happens("Redis starts or ends", () -> !process.isAlive() || log().contains(ready));
    return process.isAlive();
  }

  /** Returns what it has said since its last start. */
  public String log() {
    try {
      return Files.readString(folder.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  /** Returns its address as it stands in a URL. */
  public String host() {
    return "127.0.0.1:" + port;
  }

  /** Connects as its operator. */
  public Jedis client() {
    return new Jedis("127.0.0.1", port);
  }

  /** Ends it as {@code kill -9} does; what it had is gone. */
  public void kill() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("Redis does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts it again, on the same port. */
  public void startAgain() {
    try {
      process = run(folder, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!becomesReady(false)) {
      throw new IllegalStateException(log());
    }
  }

  /** Sends it a signal: STOP and CONT. */
  public void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it and removes its files. */
  @Override
  public void close() {
    kill();
    remove(folder);
  }

  private static void remove(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
