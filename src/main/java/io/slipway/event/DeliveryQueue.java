package io.slipway.event;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The deliveries of one subscriber. Taking one hides it for the lease, so that a node that dies
 * with it delays it and loses nothing.
 */
final class DeliveryQueue {
  private static final int LONGEST_ERROR = 500;
  private static final String TAKE =
      "WITH taken AS MATERIALIZED (SELECT id FROM delivery"
          + " WHERE subscriber = $1 AND dead = FALSE AND next_at <= :now"
          + " ORDER BY next_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)"
          + " UPDATE delivery SET attempts = attempts + 1, next_at = :now + $2, taken_by = $4"
          + " WHERE id IN (SELECT id FROM taken)"
          + " RETURNING id, event_id, type, payload, created_at, attempts";
  // The number of the attempt fences: whoever outlived its lease changes nothing.
  private static final String DONE = "DELETE FROM delivery WHERE id = $1 AND attempts = $2";
  private static final String RETRY =
      "UPDATE delivery SET next_at = :now + $3, error = $4, dead = $5, taken_by = NULL"
          + " WHERE id = $1 AND attempts = $2";

  private final Database database;
  private final String subscriber;
  private final String node;
  private final EventOptions options;

  /**
   * Takes deliveries from a database.
   *
   * @param node named as who is at them, so that others can give them free when it dies
   */
  DeliveryQueue(Database database, String subscriber, String node, EventOptions options) {
    // A loss of power may undo the last steps; the events then come once more.
    this.database = database.relaxed();
    this.subscriber = subscriber;
    this.node = node;
    this.options = options;
  }

  /** Takes deliveries that are due, oldest first. */
  Future<List<EventDelivery>> take(int limit) {
    return database
        .query(TAKE, DeliveryQueue::read, subscriber, options.lease().toMillis(), limit, node)
        .map(taken -> taken.stream().sorted(Comparator.comparingLong(EventDelivery::id)).toList());
  }

  Future<Void> done(EventDelivery delivery) {
    return database.update(DONE, delivery.id(), delivery.attempt()).mapEmpty();
  }

  /** Brings a delivery back later, or gives it up, and answers whether it gave it up. */
  Future<Boolean> failed(EventDelivery delivery, Throwable cause) {
    boolean dead = delivery.attempt() >= options.attempts();
    Duration delay = options.delayAfter(delivery.attempt(), RandomGenerator.getDefault());
    return database
        .update(RETRY, delivery.id(), delivery.attempt(), delay.toMillis(), text(cause), dead)
        .map(dead);
  }

  /** Says why an attempt failed, in at most {@value #LONGEST_ERROR} characters. */
  static String text(Throwable cause) {
    String error = String.valueOf(cause);
    return error.substring(0, Math.min(error.length(), LONGEST_ERROR));
  }

  private static EventDelivery read(Row row) {
    return new EventDelivery(
        row.number("id"),
        row.string("event_id"),
        row.string("type"),
        row.string("payload"),
        row.number("created_at"),
        (int) row.number("attempts"));
  }
}
