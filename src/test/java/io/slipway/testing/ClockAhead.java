package io.slipway.testing;

import io.slipway.database.Database;
import io.slipway.database.RowMapper;
import io.slipway.database.Transaction;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A database whose clock is ahead of what time it is, for those who ask for it by a query. */
public final class ClockAhead implements Database {
  private final Database database;
  private volatile long millis;

  public ClockAhead(Database database) {
    this.database = database;
  }

  /** Sets the clock. */
  public void set(Duration ahead) {
    millis = ahead.toMillis();
  }

  @Override
  public <T> Future<List<T>> query(String sql, RowMapper<T> mapper, @Nullable Object... arguments) {
    return database.query(sql.replace(":now", "(:now + " + millis + ")"), mapper, arguments);
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
