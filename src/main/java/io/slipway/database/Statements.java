package io.slipway.database;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs single SQL statements, written for PostgreSQL with {@code $1 … $n}.
 *
 * <p>The dialect-neutral part of SQL is used as it is. Six things are rewritten where a dialect
 * needs it: the parameters themselves, {@code = ANY($n)} and {@code FROM unnest($n) AS name
 * (column)} with a {@code List<String>} argument, the row-lock suffixes ({@code FOR KEY SHARE},
 * {@code FOR SHARE}, {@code FOR UPDATE}, {@code SKIP LOCKED}), {@code COLLATE "C"}, and {@code
 * :now}, the database's clock in milliseconds since 1970.
 *
 * <p>Arguments are {@code null}, String, Integer, Long, Boolean, byte[] or {@code List<String>}.
 * Futures complete on the context of the caller and fail with {@link DatabaseException}.
 */
public interface Statements {

  /** Runs a statement that returns rows, INSERT, UPDATE and DELETE … RETURNING included. */
  <T> Future<List<T>> query(String sql, RowMapper<T> mapper, @Nullable Object... arguments);

  /** Runs a statement of which at most the first row matters. */
  default <T> Future<Optional<T>> first(
      String sql, RowMapper<T> mapper, @Nullable Object... arguments) {
    return query(sql, mapper, arguments).map(rows -> rows.stream().findFirst());
  }

  /** Runs a statement and returns how many rows it changed. */
  Future<Integer> update(String sql, @Nullable Object... arguments);
}
