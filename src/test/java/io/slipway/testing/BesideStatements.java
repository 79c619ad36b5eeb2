package io.slipway.testing;

import io.slipway.database.Database;
import io.slipway.database.RowMapper;
import io.slipway.database.Transaction;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A database with something else that happens beside its statements.
 *
 * @param beside begins with a statement, whose SQL it gets. A single statement waits for it; one of
 *     a transaction does not, for it may wait for the locks of the transaction
 */
public record BesideStatements(Database database, Function<String, Future<?>> beside)
    implements Database {
  @Override
  public <T> Future<List<T>> query(String sql, RowMapper<T> mapper, @Nullable Object... arguments) {
    return beside.apply(sql).compose(ignored -> database.query(sql, mapper, arguments));
  }

  @Override
  public Future<Integer> update(String sql, @Nullable Object... arguments) {
    return beside.apply(sql).compose(ignored -> database.update(sql, arguments));
  }

  @Override
  public <T> Future<T> transaction(Function<Transaction, Future<T>> body) {
    return database.transaction(transaction -> body.apply(new Statements(transaction, beside)));
  }

  @Override
  public <T> Future<T> exclusively(Function<Transaction, Future<T>> body) {
    return database.exclusively(body);
  }

  @Override
  public Database relaxed() {
    return new BesideStatements(database.relaxed(), beside);
  }

  @Override
  public Future<Void> close() {
    return database.close();
  }

  private record Statements(Transaction transaction, Function<String, Future<?>> beside)
      implements Transaction {
    @Override
    public <T> Future<List<T>> query(
        String sql, RowMapper<T> mapper, @Nullable Object... arguments) {
      begin(sql);
      return transaction.query(sql, mapper, arguments);
    }

    @Override
    public Future<Integer> update(String sql, @Nullable Object... arguments) {
      begin(sql);
      return transaction.update(sql, arguments);
    }

    /** On a thread of its own: the body of a transaction may use nothing but its statements. */
    private void begin(String sql) {
      try {
        Thread.startVirtualThread(
                () -> {
                  Future<?> _ = beside.apply(sql);
                })
            .join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
