package io.slipway.event;

import io.slipway.database.Transaction;
import io.vertx.core.Future;

/**
 * Writes events in the transaction of the change they tell of, so that neither is ever there
 * without the other.
 */
public final class Outbox {
  private static final String INSERT =
      "INSERT INTO outbox (type, payload, created_at) VALUES ($1, $2, :now)";

  private Outbox() {}

  /** Appends one event; it becomes visible to the relay when the transaction commits. */
  public static Future<Void> append(Transaction transaction, Event event) {
    return transaction
        .update(INSERT, EventJson.type(event), EventJson.encode(event).encode())
        .mapEmpty();
  }
}
