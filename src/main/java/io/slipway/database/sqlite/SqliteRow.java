package io.slipway.database.sqlite;

import io.slipway.database.Row;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The row a result set stands at. */
final class SqliteRow implements Row {
  private final ResultSet results;

  SqliteRow(ResultSet results) {
    this.results = results;
  }

  @Override
  public String string(String column) {
    return present(column, stringOrNull(column));
  }

  @Override
  public @Nullable String stringOrNull(String column) {
    return read(column, results::getString);
  }

  @Override
  public long number(String column) {
    return present(column, numberOrNull(column));
  }

  @Override
  public @Nullable Long numberOrNull(String column) {
    return read(
        column,
        name -> {
          long value = results.getLong(name);
          return value == 0 && results.wasNull() ? null : (Long) value;
        });
  }

  @Override
  public boolean flag(String column) {
    return number(column) != 0;
  }

  @Override
  public byte[] bytes(String column) {
    return present(column, bytesOrNull(column));
  }

  @Override
  public byte @Nullable [] bytesOrNull(String column) {
    return read(column, results::getBytes);
  }

  private static <T> T present(String column, @Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("tried to read the column " + column + " but it is NULL");
    }
    return value;
  }

  private static <T> @Nullable T read(String column, Getter<T> getter) {
    try {
      return getter.get(column);
    } catch (SQLException e) {
      throw SqliteErrors.of("read the column " + column, e);
    }
  }

  private interface Getter<T> {
    @Nullable T get(String column) throws SQLException;
  }
}
