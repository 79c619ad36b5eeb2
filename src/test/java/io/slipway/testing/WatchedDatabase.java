package io.slipway.testing;

import io.slipway.database.Database;
import io.slipway.database.RowMapper;
import io.slipway.database.Transaction;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the rows that each single statement of a database gives, and may do something before or
 * after it.
 */
public final class WatchedDatabase implements Database {
  private final Database database;
  private final List<Integer> rows = new CopyOnWriteArrayList<>();

  private final Function<String, Future<?>> before;
  private final Function<String, Future<?>> after;

  public WatchedDatabase(Database database) {
    this(database, Future::succeededFuture);
  }

  /** Makes one that does something between a statement and what its caller does next. */
  public WatchedDatabase(Database database, Supplier<Future<?>> after) {
    this(database, ignored -> Future.succeededFuture(), ignored -> after.get());
  }

  /** Makes one that does something around each query, of which it gets the SQL. */
  public WatchedDatabase(
      Database database, Function<String, Future<?>> before, Function<String, Future<?>> after) {
    this.database = database;
    this.before = before;
    this.after = after;
  }

  public List<Integer> rows() {
    return rows;
  }

  @Override
  public <T> Future<List<T>> query(String sql, RowMapper<T> mapper, @Nullable Object... arguments) {
    return before
        .apply(sql)
        .compose(ignored -> database.query(sql, mapper, arguments))
        .onSuccess(found -> rows.add(found.size()))
        .compose(found -> after.apply(sql).map(found));
  }

  @Override
  public Future<Integer> update(String sql, @Nullable Object... arguments) {
    return database.update(sql, arguments);
  }

  @Override
  public <T> Future<T> transaction(Function<Transaction, Future<T>> body) {
    return database.transaction(body);
  }

  @Override
  public <T> Future<T> exclusively(Function<Transaction, Future<T>> body) {
    return database.exclusively(body);
  }

  @Override
  public Database relaxed() {
    return database.relaxed();
  }

  @Override
  public Future<Void> close() {
    return database.close();
  }
}
