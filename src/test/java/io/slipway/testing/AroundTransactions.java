package io.slipway.testing;

import io.slipway.database.Database;
import io.slipway.database.RowMapper;
import io.slipway.database.Transaction;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A database that does something before each transaction, and before its caller learns that it is
 * committed.
 */
public record AroundTransactions(
    Database database, Supplier<Future<?>> before, Supplier<Future<?>> after) implements Database {
  @Override
  public <T> Future<List<T>> query(String sql, RowMapper<T> mapper, @Nullable Object... arguments) {
    return database.query(sql, mapper, arguments);
  }

  @Override
  public Future<Integer> update(String sql, @Nullable Object... arguments) {
    return database.update(sql, arguments);
  }

  @Override
  public <T> Future<T> transaction(Function<Transaction, Future<T>> body) {
    return before
        .get()
        .compose(ignored -> database.transaction(body))
        .compose(result -> after.get().map(result));
  }

  @Override
  public <T> Future<T> exclusively(Function<Transaction, Future<T>> body) {
    return database.exclusively(body);
  }

  @Override
  public Database relaxed() {
    return new AroundTransactions(database.relaxed(), before, after);
  }

  @Override
  public Future<Void> close() {
    return database.close();
  }
}
