package io.slipway.database.postgres;

import io.slipway.database.Transaction;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlClient;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What is under way on the connections: begun, run again when the server asks for it, counted, and
 * awaited when the database closes.
 */
final class PostgresWork {
  static final String BEGIN = "BEGIN";
  static final String BEGIN_RELAXED = "BEGIN; SET LOCAL synchronous_commit = off";

  /** The lock of the one that changes the schema; the number is "slipway" in ASCII. */
  private static final String BEGIN_EXCLUSIVE =
      "BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0;"
          + " SELECT pg_advisory_xact_lock(32488822435963257)";

  private static final int RETRIES = 3;
  private static final int RETRY_MILLIS = 20;

  /** Added to what the server allows itself, for the way to it. */
  private static final Duration MARGIN = Duration.ofSeconds(2);

  private static final Duration SCHEMA_PATIENCE = Duration.ofMinutes(4);

  private final Vertx vertx;
  private final PostgresClients clients;
  private final PostgresMetrics metrics;
  private final PostgresDialect dialect = new PostgresDialect();
  private final PostgresStatements singles;
  private final PostgresStatements inTransactions;
  private final PostgresStatements unhurried;
  private final Duration closing;
  private final Promise<Void> idle = Promise.promise();
  private volatile boolean closed;

  PostgresWork(PostgresOptions options, Vertx vertx, PostgresMetrics metrics) {
    this.vertx = vertx;
    this.metrics = metrics;
    this.clients = PostgresClients.of(options, vertx);
    Duration statement = options.statementTimeout().plus(MARGIN);
    this.singles = new PostgresStatements(dialect, statement.plus(options.connectTimeout()));
    this.inTransactions = new PostgresStatements(dialect, statement);
    this.unhurried = new PostgresStatements(dialect, SCHEMA_PATIENCE);
    this.closing = statement;
  }

  /** Runs a statement by itself. */
  <T> Future<T> single(
      String sql, boolean strict, BiFunction<PostgresStatements, SqlClient, Future<T>> statement) {
    boolean reads = dialect.reads(sql);
    SqlClient client = strict || reads ? clients.strict() : clients.relaxed();
    return tracked(metrics.singles(), () -> statement.apply(singles, client))
        .onSuccess(ignored -> count(reads));
  }

  boolean reads(String sql) {
    return dialect.reads(sql);
  }

  private void count(boolean reads) {
    if (reads) {
      metrics.read();
    } else {
      metrics.committed();
    }
  }

  <T> Future<T> transaction(String begin, Function<Transaction, Future<T>> body) {
    return transaction(begin, body, inTransactions);
  }

  /** Runs a body while no other process is in one of these; it may take minutes. */
  <T> Future<T> exclusively(Function<Transaction, Future<T>> body) {
    return transaction(BEGIN_EXCLUSIVE, body, unhurried);
  }

  private <T> Future<T> transaction(
      String begin, Function<Transaction, Future<T>> body, PostgresStatements statements) {
    return tracked(
            metrics.open(),
            () ->
                clients
                    .pool()
                    .getConnection()
                    .recover(
                        cause -> Future.failedFuture(PostgresErrors.of("get a connection", cause)))
                    .compose(
                        connection ->
                            new PostgresTransaction(connection, statements).run(begin, body)))
        .onSuccess(ignored -> metrics.committed());
  }

  private <T> Future<T> tracked(AtomicInteger counter, Supplier<Future<T>> attempt) {
    counter.incrementAndGet();
    if (closed) {
      left(counter);
      return Future.failedFuture(PostgresDatabase.closed());
    }
    return again(attempt, RETRIES)
        .onComplete(
            done -> {
              if (done.failed()) {
                metrics.failure(done.cause());
              }
              left(counter);
            });
  }

  private <T> Future<T> again(Supplier<Future<T>> attempt, int left) {
    return attempt
        .get()
        .recover(
            cause -> {
              if (left == 0 || !PostgresErrors.isToBeRunAgain(cause)) {
                return Future.failedFuture(cause);
              }
              metrics.retry();
              // Apart from each other, or they meet again.
              long delay =
                  ThreadLocalRandom.current().nextLong(1, RETRY_MILLIS << (RETRIES - left));
              return vertx
                  .timer(delay, TimeUnit.MILLISECONDS)
                  .compose(ignored -> again(attempt, left - 1));
            });
  }

  private void left(AtomicInteger counter) {
    counter.decrementAndGet();
    if (closed && metrics.idle()) {
      idle.tryComplete();
    }
  }

  /** Lets what is under way finish, as long as that takes at most, and closes the connections. */
  Future<Void> close() {
    closed = true;
    if (metrics.idle()) {
      idle.tryComplete();
    }
    return idle.future()
        .timeout(closing.toMillis(), TimeUnit.MILLISECONDS)
        .transform(ignored -> clients.close())
        .onComplete(ignored -> metrics.close());
  }
}
