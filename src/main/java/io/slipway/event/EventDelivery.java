package io.slipway.event;

import io.vertx.core.json.JsonObject;

/**
 * One event on its way to one consumer.
 *
 * @param eventId the same for every attempt and every consumer, so that a receiver can tell repeats
 * @param type as {@code manifest.pushed}
 * @param payload the event as JSON
 * @param createdAt when the change was committed, about; milliseconds since 1970 in the database's
 *     clock
 * @param attempt counts from 1
 */
public record EventDelivery(
    long id, String eventId, String type, String payload, long createdAt, int attempt) {

  /**
   * Reads the event.
   *
   * @throws IllegalStateException when a newer program wrote it in a form this one does not know
   */
  public Event event() {
    return EventJson.decode(type, new JsonObject(payload));
  }
}
