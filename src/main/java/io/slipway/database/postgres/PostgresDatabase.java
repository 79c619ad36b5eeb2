package io.slipway.database.postgres;

import io.micrometer.core.instrument.MeterRegistry;
import io.slipway.database.Database;
import io.slipway.database.DatabaseException;
import io.slipway.database.DatabaseException.Reason;
import io.slipway.database.RowMapper;
import io.slipway.database.Transaction;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The database in PostgreSQL, which any number of processes may share.
 *
 * <p>Transactions run as READ COMMITTED. One that the server undid (a deadlock, a serialization
 * failure) is run again, three times at most. A server that is away fails what is asked of it with
 * {@link Reason#UNAVAILABLE}; nothing has to be started anew when it is back.
 */
public final class PostgresDatabase implements Database {
  private final PostgresWork work;
  private final boolean strict;
  private final boolean apart;

  private PostgresDatabase(PostgresWork work, boolean strict, boolean apart) {
    this.work = work;
    this.strict = strict;
    this.apart = apart;
  }

  /**
   * Connects, and fails with a sentence for people when the server cannot be used: it does not
   * answer, or it would lose what it has acknowledged.
   */
  public static Future<PostgresDatabase> open(
      PostgresOptions options, Vertx vertx, MeterRegistry meters) {
    PostgresDatabase database =
        new PostgresDatabase(
            new PostgresWork(options, vertx, new PostgresMetrics(meters)), true, false);
    return new ServerCheck(database, options.url())
        .run()
        .map(database)
        .recover(cause -> database.close().transform(closed -> Future.failedFuture(cause)));
  }

  @Override
  public <T> Future<List<T>> query(String sql, RowMapper<T> mapper, @Nullable Object... arguments) {
    return apart && work.reads(sql)
        ? transaction(transaction -> transaction.query(sql, mapper, arguments))
        : work.single(
            sql, strict, (statements, client) -> statements.query(client, sql, mapper, arguments));
  }

  @Override
  public Future<Integer> update(String sql, @Nullable Object... arguments) {
    return work.single(
        sql, strict, (statements, client) -> statements.update(client, sql, arguments));
  }

  @Override
  public <T> Future<T> transaction(Function<Transaction, Future<T>> body) {
    return work.transaction(strict ? PostgresWork.BEGIN : PostgresWork.BEGIN_RELAXED, body);
  }

  @Override
  public <T> Future<T> exclusively(Function<Transaction, Future<T>> body) {
    return work.exclusively(body);
  }

  @Override
  public Database relaxed() {
    return strict ? new PostgresDatabase(work, false, apart) : this;
  }

  /** On a connection for transactions: what is long would hold up what is pipelined behind it. */
  @Override
  public Database forJobs() {
    return apart ? this : new PostgresDatabase(work, strict, true);
  }

  @Override
  public Future<Void> close() {
    return work.close();
  }

  /** Makes the failure of whoever asks a database that is closed. */
  static DatabaseException closed() {
    return new DatabaseException(Reason.UNAVAILABLE, "tried to use the database but it is closed");
  }
}
