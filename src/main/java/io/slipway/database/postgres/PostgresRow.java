package io.slipway.database.postgres;

import io.slipway.database.Row;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** One row of the client's. */
final class PostgresRow implements Row {
  private final io.vertx.sqlclient.Row row;

  PostgresRow(io.vertx.sqlclient.Row row) {
    this.row = row;
  }

  @Override
  public String string(String column) {
    return present(column, stringOrNull(column));
  }

  @Override
  public @Nullable String stringOrNull(String column) {
    return (String) value(column);
  }

  @Override
  public long number(String column) {
    return present(column, numberOrNull(column));
  }

  @Override
  public @Nullable Long numberOrNull(String column) {
    // A sum of BIGINT is NUMERIC, count(*) is BIGINT and 1 is INTEGER.
    return value(column) instanceof Number number ? (Long) number.longValue() : null;
  }

  @Override
  public boolean flag(String column) {
    return present(column, (Boolean) value(column));
  }

  @Override
  public byte[] bytes(String column) {
    return present(column, bytesOrNull(column));
  }

  @Override
  public byte @Nullable [] bytesOrNull(String column) {
    return value(column) instanceof Buffer buffer ? buffer.getBytes() : null;
  }

  private @Nullable Object value(String column) {
    int index = row.getColumnIndex(column);
    if (index < 0) {
      throw new IllegalStateException(
          "tried to read the column " + column + " but the statement returns none of that name");
    }
    return row.getValue(index);
  }

  private static <T> T present(String column, @Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("tried to read the column " + column + " but it is NULL");
    }
    return value;
  }
}
