package io.slipway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A database of a PostgreSQL server. */
record PostgresRows(PostgresServer server, String database) implements StoredRows {
  @Override
  public Connection connect() throws SQLException {
    return server.connect(database);
  }

  @Override
  public void drop() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    }
  }

  @Override
  public ChangeWatch watchLog() throws SQLException {
    Connection connection = connect();
    PreparedStatement position =
        connection.prepareStatement("SELECT pg_current_wal_insert_lsn()::text");
    return new ChangeWatch() {
      @Override
      public Object look() {
        try (ResultSet found = position.executeQuery()) {
          found.next();
          return found.getString(1);
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
      }

      @Override
      public void close() {
        try {
          connection.close();
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }

  /** Keys hold without anybody asking, but what nobody ends would block those who come later. */
  @Override
  public void requireSound(StoredData stored) {
    assertThat(
            stored.query(
                "SELECT state, query FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND xact_start < now() - interval '10 seconds'"))
        .as("transactions that nobody ends")
        .isEmpty();
  }
}
