package io.slipway.database;

/**
 * Makes a value of one row. Called on a thread of the database; must not block and must not keep
 * the row.
 */
@FunctionalInterface
public interface RowMapper<T> {
  T map(Row row);
}
