package io.slipway.event;

import io.slipway.database.Database;
import io.slipway.database.Transaction;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * Turns each row of the outbox into one delivery per subscriber, in the transaction that deletes
 * it.
 *
 * <p>It remembers no last id: rows commit out of the order of their ids, and one that came late
 * would be skipped.
 */
public final class EventRelay {
  static final int BATCH = 100;
  // Deleting and reading are one statement, so two relays never take the same row. A subquery may
  // be run once for each row, and its limit then limits nothing; this one runs once.
  private static final String TAKE =
      "WITH taken AS MATERIALIZED (SELECT id FROM outbox ORDER BY id LIMIT "
          + BATCH
          + " FOR UPDATE SKIP LOCKED) DELETE FROM outbox WHERE id IN (SELECT id FROM taken)"
          + " RETURNING id, type, payload, created_at";
  private static final String DELIVER =
      "INSERT INTO delivery (subscriber, event_id, type, payload, created_at, next_at)"
          + " VALUES ($1, $2, $3, $4, $5, :now)";

  private record Taken(long id, String type, String payload, long createdAt) {}

  private final Database database;
  private final List<String> subscribers;

  public EventRelay(Database database, List<String> subscribers) {
    // A loss of power may undo a relay, and then its rows are in the outbox again.
    this.database = database.relaxed();
    this.subscribers = List.copyOf(subscribers);
  }

  /** Relays up to {@value #BATCH} events and returns how many. */
  public Future<Integer> relay() {
    Function<Transaction, Future<Integer>> body =
        transaction ->
            transaction
                .query(
                    TAKE,
                    row ->
                        new Taken(
                            row.number("id"),
                            row.string("type"),
                            row.string("payload"),
                            row.number("created_at")))
                .compose(taken -> deliver(transaction, taken));
    return database.transaction(body);
  }

  private Future<Integer> deliver(Transaction transaction, List<Taken> taken) {
    Future<Integer> last = Future.succeededFuture(0);
    for (Taken event : taken.stream().sorted(Comparator.comparingLong(Taken::id)).toList()) {
      String eventId = new JsonObject(event.payload()).getString("id");
      for (String subscriber : subscribers) {
        last =
            last.compose(
                done ->
                    transaction.update(
                        DELIVER,
                        subscriber,
                        eventId,
                        event.type(),
                        event.payload(),
                        event.createdAt()));
      }
    }
    return last.map(taken.size());
  }
}
