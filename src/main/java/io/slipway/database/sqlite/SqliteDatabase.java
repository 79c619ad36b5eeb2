package io.slipway.database.sqlite;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.database.Database;
import io.slipway.database.DatabaseException;
import io.slipway.database.RowMapper;
import io.slipway.database.StatementTrace;
import io.slipway.database.Transaction;
import io.slipway.runtime.ContextPromise;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The database in one SQLite file.
 *
 * <p>The body of a transaction runs on the writer's thread and all its statements at once, so it
 * must return a future that is complete; it blocks every other change while it runs. One process
 * may open a file at a time: the caller locks its folder.
 */
public final class SqliteDatabase implements Database {
  private final SqliteThreads threads;
  private final Vertx vertx;
  private final boolean strict;

  private SqliteDatabase(SqliteThreads threads, Vertx vertx, boolean strict) {
    this.threads = threads;
    this.vertx = vertx;
    this.strict = strict;
  }

  /**
   * Opens the file, or makes it.
   *
   * @param onFatal told once, on a thread of the database, when the file failed and nothing works
   *     any more: the process should stop
   */
  public static Future<SqliteDatabase> open(
      SqliteOptions options, Vertx vertx, MeterRegistry meters, Consumer<Throwable> onFatal) {
    Callable<SqliteThreads> start = () -> SqliteThreads.start(options, meters, onFatal);
    return vertx
        .executeBlocking(start, false)
        .map(threads -> new SqliteDatabase(requireNonNull(threads), vertx, true));
  }

  @Override
  public <T> Future<List<T>> query(String sql, RowMapper<T> mapper, @Nullable Object... arguments) {
    SqliteStatement statement = threads.dialect().translate(sql);
    if (!statement.reads()) {
      return transaction(transaction -> transaction.query(sql, mapper, arguments));
    }
    StatementTrace.tell(sql);
    ContextPromise<List<T>> reply = ContextPromise.onContextOf(vertx);
    return submit(
        reply,
        () -> threads.lanes().reads().add(new Read<>(statement.text(), mapper, arguments, reply)));
  }

  @Override
  public Future<Integer> update(String sql, @Nullable Object... arguments) {
    return transaction(transaction -> transaction.update(sql, arguments));
  }

  @Override
  public <T> Future<T> transaction(Function<Transaction, Future<T>> body) {
    ContextPromise<T> reply = ContextPromise.onContextOf(vertx);
    return submit(reply, () -> threads.lanes().writes().add(new Member<>(body, strict, reply)));
  }

  /** One process has the file, and its writer runs one body after another. */
  @Override
  public <T> Future<T> exclusively(Function<Transaction, Future<T>> body) {
    return transaction(body);
  }

  private <T> Future<T> submit(ContextPromise<T> reply, Runnable addition) {
    if (threads.areCurrent()) {
      return Future.failedFuture(
          new IllegalStateException(
              "tried to use the database from the body of a transaction or from a row mapper"));
    }
    try {
      addition.run();
      return reply.future();
    } catch (DatabaseException e) {
      return Future.failedFuture(e);
    }
  }

  @Override
  public Database relaxed() {
    return strict ? new SqliteDatabase(threads, vertx, false) : this;
  }

  @Override
  public Future<Void> close() {
    ContextPromise<Void> reply = ContextPromise.onContextOf(vertx);
    threads.close().onComplete(reply::succeed, reply::fail);
    return reply.future();
  }
}
