package io.slipway.database.sqlite;

import io.slipway.database.DatabaseException;
import io.slipway.database.Transaction;
import io.slipway.runtime.ContextPromise;
import io.vertx.core.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One transaction within a group that commits together. Confined to the writer's thread.
 *
 * @param <T> what its body returns
 */
final class Member<T> implements Job {
  private static final String SAVEPOINT = "SAVEPOINT member";
  private static final String RELEASE = "RELEASE member";
  private static final String ROLLBACK = "ROLLBACK TO member";

  private final Function<Transaction, Future<T>> body;
  private final boolean strict;
  private final ContextPromise<T> reply;
  private @Nullable Future<T> outcome;

  Member(Function<Transaction, Future<T>> body, boolean strict, ContextPromise<T> reply) {
    this.body = body;
    this.strict = strict;
    this.reply = reply;
  }

  /** Tells whether its commit has to be on the disk before it is answered. */
  boolean strict() {
    return strict;
  }

  /**
   * Runs the body inside a savepoint, so that its failure is its own.
   *
   * @throws DatabaseException when SQLite gave up the transaction of the whole group
   */
  void run(SqliteConnection connection, SqliteDialect dialect) {
    connection.update(SAVEPOINT);
    SqliteTransaction transaction = new SqliteTransaction(connection, dialect);
    Future<T> result = runBody(transaction);
    transaction.end();
    DatabaseException failure = transaction.failure();
    if (failure != null && result.succeeded()) {
      result = Future.failedFuture(failure);
    }
    if (failure != null && SqliteErrors.isFatal(failure)) {
      throw failure;
    }
    if (result.failed()) {
      undo(connection, failure);
    }
    connection.update(RELEASE);
    outcome = result;
  }

  private Future<T> runBody(SqliteTransaction transaction) {
    try {
      Future<T> result = body.apply(transaction);
      return result.isComplete()
          ? result
          : Future.failedFuture(
              new IllegalStateException(
                  "tried to commit a transaction but its body still waits: a body waits for"
                      + " nothing but its own statements"));
    } catch (Throwable e) {
      // Errors too: an assertion in one body must not end the thread all others need.
      return Future.failedFuture(e);
    }
  }

  private static void undo(SqliteConnection connection, @Nullable DatabaseException failure) {
    try {
      connection.update(ROLLBACK);
    } catch (DatabaseException e) {
      // No such savepoint: SQLITE_FULL and its like roll back everything, the other members too.
      throw failure == null ? e : failure;
    }
  }

  /** Answers with the body's result; only after the commit. */
  void acknowledge() {
    Future<T> result = outcome;
    if (result == null) {
      fail(new IllegalStateException("tried to answer a transaction but it never ran"));
    } else if (result.succeeded()) {
      reply.succeed(result.result());
    } else {
      fail(result.cause());
    }
  }

  /** Returns why its body failed; null when it did not. */
  @Nullable Throwable failure() {
    return outcome == null ? null : outcome.cause();
  }

  @Override
  public void fail(Throwable failure) {
    reply.fail(failure);
  }
}
