package io.slipway.database.sqlite;

import io.slipway.database.RowMapper;
import io.slipway.database.sqlite.PreparedStatements.Prepared;
import io.vertx.core.json.JsonArray;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/** One connection to the file, used by one thread at a time. Blocks. */
final class SqliteConnection implements AutoCloseable {
  private static final long MOST_PAGES = 0xffff_fffeL;

  private final Connection jdbc;
  private final PreparedStatements statements;

  private SqliteConnection(Connection jdbc, int statements) {
    this.jdbc = jdbc;
    this.statements = new PreparedStatements(jdbc, statements);
  }

  /** Opens the connection that changes the database; makes the file when it is not there. */
  static SqliteConnection writer(SqliteOptions options) {
    return open(
        options,
        "PRAGMA journal_mode = WAL",
        // The writer checkpoints between its commits, see WalCheckpoint.
        "PRAGMA wal_autocheckpoint = 0",
        "PRAGMA max_page_count = " + (options.maxPages() > 0 ? options.maxPages() : MOST_PAGES));
  }

  /** Opens a connection that cannot change the database. */
  static SqliteConnection reader(SqliteOptions options) {
    return open(options, "PRAGMA query_only = ON");
  }

  private static SqliteConnection open(SqliteOptions options, String... settings) {
    SqliteConnection connection = connect(options);
    try {
      connection.execute("PRAGMA busy_timeout = " + options.busyTimeout().toMillis());
      connection.execute("PRAGMA foreign_keys = ON");
      connection.execute("PRAGMA trusted_schema = OFF");
      connection.execute("PRAGMA temp_store = MEMORY");
      connection.execute("PRAGMA mmap_size = " + options.mappedBytes());
      for (String setting : settings) {
        connection.execute(setting);
      }
      connection.leaveTransactionsAlone();
      return connection;
    } catch (RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private static SqliteConnection connect(SqliteOptions options) {
    try {
      SQLiteConfig config = new SQLiteConfig();
      // The driver would ask for the number of the last row after every INSERT.
      config.setGetGeneratedKeys(false);
      Connection jdbc = config.createConnection("jdbc:sqlite:" + options.file());
      return new SqliteConnection(jdbc, options.statements());
    } catch (SQLException e) {
      throw SqliteErrors.of("open the database " + options.file(), e);
    }
  }

  /**
   * Makes the driver believe it is in a transaction; else it checks after each statement whether it
   * has to commit one.
   */
  private void leaveTransactionsAlone() {
    try {
      jdbc.setAutoCommit(false);
    } catch (SQLException e) {
      throw SqliteErrors.of("begin a transaction", e);
    }
    execute("COMMIT");
  }

  /**
   * Runs a statement without arguments that is not worth keeping; pragmas take effect when they are
   * prepared.
   */
  void execute(String text) {
    try (Statement statement = jdbc.createStatement()) {
      statement.execute(text);
    } catch (SQLException e) {
      throw SqliteErrors.of("run " + text, e);
    }
  }

  <T> List<T> query(String text, RowMapper<T> mapper, @Nullable Object... arguments) {
    try {
      PreparedStatement statement = prepare(text, arguments);
      try (ResultSet results = statement.executeQuery()) {
        SqliteRow row = new SqliteRow(results);
        List<T> rows = new ArrayList<>();
        while (results.next()) {
          rows.add(mapper.map(row));
        }
        return rows;
      }
    } catch (SQLException e) {
      statements.drop(text);
      throw SqliteErrors.of("run " + text, e);
    }
  }

  int update(String text, @Nullable Object... arguments) {
    try {
      return prepare(text, arguments).executeUpdate();
    } catch (SQLException e) {
      statements.drop(text);
      throw SqliteErrors.of("run " + text, e);
    }
  }

  private PreparedStatement prepare(String text, @Nullable Object[] arguments) throws SQLException {
    Prepared prepared = statements.get(text);
    if (prepared.parameters() != arguments.length) {
      throw new IllegalArgumentException(
          "tried to run a statement with "
              + arguments.length
              + " arguments but it takes "
              + prepared.parameters()
              + ": "
              + text);
    }
    for (int i = 0; i < arguments.length; i++) {
      bind(prepared.statement(), i + 1, arguments[i]);
    }
    return prepared.statement();
  }

  private static void bind(PreparedStatement statement, int index, @Nullable Object argument)
      throws SQLException {
    switch (argument) {
      case null -> statement.setNull(index, java.sql.Types.NULL);
      case String text -> statement.setString(index, text);
      case Long number -> statement.setLong(index, number);
      case Integer number -> statement.setInt(index, number);
      case Boolean flag -> statement.setInt(index, flag ? 1 : 0);
      case byte[] bytes -> statement.setBytes(index, bytes);
      case List<?> texts -> statement.setString(index, new JsonArray(texts).encode());
      default ->
          throw new IllegalArgumentException(
              "tried to bind an argument of "
                  + argument.getClass()
                  + " but expected String, Integer, Long, Boolean, byte[], List<String> or null");
    }
  }

  @Override
  public void close() {
    try {
      jdbc.close();
    } catch (SQLException e) {
      throw SqliteErrors.of("close the database", e);
    }
  }
}
