package io.slipway.event;

import io.slipway.runtime.BusAddress;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/**
 * Says that the outbox has something new; sent after a commit, so that nobody waits for the next
 * poll.
 */
public record EventLook() {
  static final BusAddress<EventLook> ADDRESS =
      new BusAddress<>("event.look", 1, look -> new JsonObject(), json -> new EventLook());

  /** Wakes the relays of all nodes. */
  public static void send(Vertx vertx) {
    ADDRESS.publish(vertx, new EventLook());
  }
}
