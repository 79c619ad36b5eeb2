package io.slipway.database;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;

/**
 * Lets one process at a time do a job, by a row that says until when. Times are the database's.
 *
 * <p>Whoever takes it next gets a higher token, and waits for the transactions of the one before
 * that looked at theirs: nothing such a transaction does comes after the take-over.
 */
public final class Lease {
  /**
   * No lease is longer than another of the same name by more. One beyond was taken when the clock
   * was ahead, and would hold until that time has come.
   */
  private static final Duration LONGER = Duration.ofMinutes(1);

  private static final String TAKE =
      """
      INSERT INTO lease (name, holder, token, until) VALUES ($1, $2, 1, :now + $3)
      ON CONFLICT (name) DO UPDATE
      SET holder = excluded.holder, token = lease.token + 1, until = excluded.until
      WHERE lease.until < :now OR lease.until > :now + $3 + $4 RETURNING token
      """;
  private static final String RENEW =
      "UPDATE lease SET until = :now + $3 WHERE name = $1 AND token = $2";
  private static final String RELEASE = "UPDATE lease SET until = 0 WHERE name = $1 AND token = $2";
  private static final String LOOK =
      "SELECT token FROM lease WHERE name = $1 AND token = $2 FOR SHARE";
  private static final String FREE_ALL = "UPDATE lease SET until = 0";

  private final Database database;
  private final String name;
  private final long token;
  private final Duration time;

  private Lease(Database database, String name, long token, Duration time) {
    this.database = database;
    this.name = name;
    this.token = token;
    this.time = time;
  }

  /**
   * Takes a lease; empty while somebody else has it. One that holds for more than a minute longer
   * than this one would is nobody's: the database's clock was ahead when it was taken.
   *
   * @param holder who takes it, for people
   * @param time how long it holds without being renewed
   */
  public static Future<Optional<Lease>> take(
      Database database, String name, String holder, Duration time) {
    // Not a statement by itself: it may wait for a transaction of the holder, and requests behind
    // it.
    return database
        .transaction(
            transaction ->
                transaction.first(
                    TAKE,
                    row -> row.number("token"),
                    name,
                    holder,
                    time.toMillis(),
                    LONGER.toMillis()))
        .map(token -> token.map(number -> new Lease(database, name, number, time)));
  }

  /** Ends all leases; only for a process that knows that no other one uses the database. */
  public static Future<Void> freeAll(Database database) {
    return database.update(FREE_ALL).mapEmpty();
  }

  /** Returns the number of this holding; each one of the same name has a higher one. */
  public long token() {
    return token;
  }

  /** Returns how long it holds without being renewed. */
  public Duration time() {
    return time;
  }

  /** Has it for its whole time again; fails with {@link LostLeaseException}. */
  public Future<Void> renew() {
    return database.update(RENEW, name, token, time.toMillis()).compose(this::require);
  }

  /**
   * Looks, as the first thing in a transaction of the job, whether it is still held; nobody takes
   * it before that transaction ends. Fails with {@link LostLeaseException}.
   */
  public Future<Void> guard(Transaction transaction) {
    return transaction
        .query(LOOK, row -> row.number("token"), name, token)
        .compose(found -> require(found.size()));
  }

  private Future<Void> require(int rows) {
    return rows == 1
        ? Future.succeededFuture()
        : Future.failedFuture(new LostLeaseException(name, token));
  }

  /** Gives it back; nothing happens when somebody else has it. */
  public Future<Void> release() {
    return database.update(RELEASE, name, token).mapEmpty();
  }
}
