package io.slipway.database.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps the statements a connection used last prepared. Confined to the connection's thread. */
final class PreparedStatements {

  /** A prepared statement with the number of arguments it takes. */
  record Prepared(PreparedStatement statement, int parameters) {}

  private final Connection connection;
  private final int limit;
  private final LinkedHashMap<String, Prepared> statements = new LinkedHashMap<>(64, 0.75f, true);

  PreparedStatements(Connection connection, int limit) {
    this.connection = connection;
    this.limit = limit;
  }

  Prepared get(String text) throws SQLException {
    Prepared known = statements.get(text);
    if (known != null) {
      return known;
    }
    PreparedStatement statement = connection.prepareStatement(text);
    Prepared prepared =
        new Prepared(statement, statement.getParameterMetaData().getParameterCount());
    statements.put(text, prepared);
    if (statements.size() > limit) {
      Map.Entry<String, Prepared> eldest = statements.pollFirstEntry();
      eldest.getValue().statement().close();
    }
    return prepared;
  }

  /** Forgets a statement that failed: the driver closes what it prepared for some errors. */
  void drop(String text) {
    Prepared failed = statements.remove(text);
    if (failed != null) {
      try {
        failed.statement().close();
      } catch (SQLException e) {
        // It is the first failure that tells what is wrong.
      }
    }
  }
}
