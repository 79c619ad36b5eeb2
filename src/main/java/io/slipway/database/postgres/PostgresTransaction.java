package io.slipway.database.postgres;

import io.slipway.database.DatabaseException;
import io.slipway.database.RowMapper;
import io.slipway.database.Transaction;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs one body between BEGIN and COMMIT on a connection of its own, and gives that back. */
final class PostgresTransaction implements Transaction {
  private final SqlConnection connection;
  private final PostgresStatements statements;
  private volatile boolean ended;
  private volatile @Nullable Throwable failure;

  PostgresTransaction(SqlConnection connection, PostgresStatements statements) {
    this.connection = connection;
    this.statements = statements;
  }

  /**
   * Runs the body.
   *
   * @param begin what opens the transaction
   */
  <T> Future<T> run(String begin, Function<Transaction, Future<T>> body) {
    return control(begin)
        .compose(begun -> runBody(body))
        .compose(
            result -> {
              ended = true;
              Throwable failed = failure;
              // COMMIT of a transaction in which a statement failed is a ROLLBACK, and no error.
              return failed == null
                  ? control("COMMIT").map(result)
                  : Future.<T>failedFuture(failed);
            })
        .onSuccess(result -> connection.close())
        .onFailure(cause -> rollBack());
  }

  private <T> Future<T> runBody(Function<Transaction, Future<T>> body) {
    try {
      return body.apply(this);
    } catch (RuntimeException | Error e) {
      return Future.failedFuture(e);
    }
  }

  private Future<?> control(String sql) {
    return statements.bounded(sql, connection.query(sql).execute());
  }

  /** Nobody waits for it: a server that does not answer would hold up the caller. */
  private void rollBack() {
    ended = true;
    connection.query("ROLLBACK").execute().onComplete(done -> connection.close());
  }

  @Override
  public <T> Future<List<T>> query(String sql, RowMapper<T> mapper, @Nullable Object... arguments) {
    return ended
        ? refuse()
        : statements.query(connection, sql, mapper, arguments).onFailure(this::failed);
  }

  @Override
  public Future<Integer> update(String sql, @Nullable Object... arguments) {
    return ended ? refuse() : statements.update(connection, sql, arguments).onFailure(this::failed);
  }

  private void failed(Throwable cause) {
    if (failure == null && cause instanceof DatabaseException) {
      failure = cause;
    }
  }

  private static <T> Future<T> refuse() {
    return Future.failedFuture(
        new IllegalStateException("tried to use a transaction after its body ended"));
  }
}
