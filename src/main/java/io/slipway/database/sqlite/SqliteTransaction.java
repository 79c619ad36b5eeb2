package io.slipway.database.sqlite;

import io.slipway.database.DatabaseException;
import io.slipway.database.RowMapper;
import io.slipway.database.StatementTrace;
import io.slipway.database.Transaction;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the statements of one body at once, on the writer's thread; its futures are complete when
 * they are returned.
 */
final class SqliteTransaction implements Transaction {
  private final SqliteConnection connection;
  private final SqliteDialect dialect;
  private final Thread writer = Thread.currentThread();
  private volatile boolean ended;
  private @Nullable DatabaseException failure;

  SqliteTransaction(SqliteConnection connection, SqliteDialect dialect) {
    this.connection = connection;
    this.dialect = dialect;
  }

  @Override
  public <T> Future<List<T>> query(String sql, RowMapper<T> mapper, @Nullable Object... arguments) {
    return run(sql, () -> connection.query(dialect.translate(sql).text(), mapper, arguments));
  }

  @Override
  public Future<Integer> update(String sql, @Nullable Object... arguments) {
    return run(sql, () -> connection.update(dialect.translate(sql).text(), arguments));
  }

  /** Returns the first statement's failure: as in PostgreSQL, nothing can be committed after it. */
  @Nullable DatabaseException failure() {
    return failure;
  }

  void end() {
    ended = true;
  }

  private <T> Future<T> run(String sql, Supplier<T> statement) {
    if (ended || !Thread.currentThread().equals(writer)) {
      return Future.failedFuture(
          new IllegalStateException(
              "tried to use a transaction after its body ended, or on another thread"));
    }
    if (failure != null) {
      return Future.failedFuture(
          new DatabaseException(
              DatabaseException.Reason.OTHER,
              "tried to go on with a transaction but a statement in it has failed",
              failure));
    }
    StatementTrace.tell(sql);
    try {
      return Future.succeededFuture(statement.get());
    } catch (DatabaseException e) {
      failure = e;
      return Future.failedFuture(e);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }
}
