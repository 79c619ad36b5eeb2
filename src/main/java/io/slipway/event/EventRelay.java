package io.slipway.event;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.database.Transaction;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands each row of the outbox to every consumer, in the transaction that deletes it; what a
 * consumer does not take there becomes a delivery.
 *
 * <p>It remembers no last id: rows commit out of the order of their ids, and one that came late
 * would be skipped.
 */
public final class EventRelay {
  private static final Logger LOG = LoggerFactory.getLogger(EventRelay.class);
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

  /**
   * What one look did.
   *
   * @param events how many were on the outbox
   * @param deliveries how many wait for a consumer now
   */
  record Relayed(int events, int deliveries) {}

  /** Answers which of the events are to be delivered to a consumer. */
  private interface Taking {
    Future<List<EventDelivery>> take(
        EventConsumer consumer, Transaction transaction, List<EventDelivery> events);
  }

  /** What one consumer took, and how many are to be delivered to it. */
  private record Share(EventConsumer consumer, List<EventDelivery> taken, int delivered) {}

  private record Batch(int events, List<Share> shares) {}

  private final Database database;
  private final List<EventConsumer> consumers;

  public EventRelay(Database database, List<EventConsumer> consumers) {
    // A loss of power may undo a relay, and then its rows are in the outbox again.
    this.database = database.relaxed();
    this.consumers = List.copyOf(consumers);
  }

  /**
   * Relays up to {@value #BATCH} events. When a consumer fails to take them, all are delivered:
   * then what is wrong with one of them holds up no other.
   */
  Future<Relayed> relay() {
    return relay(EventConsumer::take)
        .recover(
            cause ->
                relay((consumer, transaction, events) -> Future.succeededFuture(events))
                    .onSuccess(relayed -> tellFailure(relayed.events(), cause)));
  }

  /** When only the answer to the commit was lost there is nothing left, and nothing to tell. */
  private static void tellFailure(int events, Throwable cause) {
    if (events > 0) {
      LOG.warn("{} events wait for deliveries: they could not be taken at once", events, cause);
    }
  }

  private Future<Relayed> relay(Taking taking) {
    return database
        .transaction(
            transaction ->
                transaction
                    .query(TAKE, EventRelay::read)
                    .compose(rows -> share(transaction, inOrder(rows), taking)))
        .map(EventRelay::tell);
  }

  private static List<EventDelivery> inOrder(List<EventDelivery> events) {
    return events.stream().sorted(Comparator.comparingLong(EventDelivery::id)).toList();
  }

  private Future<Batch> share(Transaction transaction, List<EventDelivery> events, Taking taking) {
    if (events.isEmpty()) {
      return Future.succeededFuture(new Batch(0, List.of()));
    }
    List<Future<Share>> shares =
        consumers.stream().map(consumer -> share(transaction, events, consumer, taking)).toList();
    return Future.all(shares).map(all -> new Batch(events.size(), all.list()));
  }

  private static Future<Share> share(
      Transaction transaction, List<EventDelivery> events, EventConsumer consumer, Taking taking) {
    return taking
        .take(consumer, transaction, events)
        .compose(
            left -> {
              List<EventDelivery> taken = events.stream().filter(e -> !left.contains(e)).toList();
              return deliver(transaction, consumer.name(), left)
                  .map(new Share(consumer, taken, left.size()));
            });
  }

  // All at once: their order is that of the ids they get, and one round trip does.
  private static Future<?> deliver(
      Transaction transaction, String subscriber, List<EventDelivery> events) {
    Stream<Future<Integer>> all =
        events.stream()
            .map(
                event ->
                    transaction.update(
                        DELIVER,
                        subscriber,
                        event.eventId(),
                        event.type(),
                        event.payload(),
                        event.createdAt()));
    return Future.all(all.toList());
  }

  private static Relayed tell(Batch batch) {
    for (Share share : batch.shares()) {
      if (!share.taken().isEmpty()) {
        share.consumer().taken(share.taken());
      }
    }
    return new Relayed(batch.events(), batch.shares().stream().mapToInt(Share::delivered).sum());
  }

  private static EventDelivery read(Row row) {
    String payload = row.string("payload");
    return new EventDelivery(
        row.number("id"),
        new JsonObject(payload).getString("id"),
        row.string("type"),
        payload,
        row.number("created_at"),
        1);
  }
}
