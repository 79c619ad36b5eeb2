package io.slipway.database;

import io.vertx.core.Future;
import java.util.function.Function;

/**
 * The metadata's SQL database. Thread-safe.
 *
 * <p>Reads see every transaction whose future completed before they were sent. Changes are durable
 * when their future completes, also against a loss of power; {@link #relaxed()} gives that up for
 * rows that need not survive it.
 */
public interface Database extends Statements {

  /**
   * Runs a body in one transaction; commits when its future succeeds, rolls back when it fails or
   * throws. The body may be run again when the database asks for it (deadlock, serialization
   * failure), so it has no effects but its statements.
   */
  <T> Future<T> transaction(Function<Transaction, Future<T>> body);

  /**
   * Runs a body in a transaction that only one process at a time can be in; for changes of the
   * schema, which may take minutes. Otherwise as {@link #transaction}.
   */
  <T> Future<T> exclusively(Function<Transaction, Future<T>> body);

  /**
   * Returns the same database with weaker changes: they survive the death of this process, but a
   * loss of power may take back the last of them (never one of {@link #transaction} of the strict
   * view, and never an earlier change before a later one).
   */
  Database relaxed();

  /**
   * Returns the same database for jobs that read much: their single statements are not in the way
   * of those of requests.
   */
  default Database forJobs() {
    return this;
  }

  /** Ends open work and closes every connection. */
  Future<Void> close();
}
