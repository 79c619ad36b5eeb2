package io.slipway.event;

import io.slipway.database.Database;
import io.slipway.runtime.Poller;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings every event to every consumer at least once; a message wakes it, a poll finds what no
 * message told. Any number of nodes may run one.
 */
public final class EventDispatcher {
  private final Vertx vertx;
  private final Poller relay;
  private final List<Poller> consumers = new ArrayList<>();
  private @Nullable MessageConsumer<JsonObject> messages;

  /**
   * Makes one that does not look yet.
   *
   * @param node names this process among those that share the database
   */
  public EventDispatcher(
      Vertx vertx,
      Database database,
      String node,
      List<EventConsumer> consumers,
      EventOptions options) {
    this.vertx = vertx;
    for (EventConsumer consumer : consumers) {
      DeliveryQueue queue = new DeliveryQueue(database, consumer.name(), node, options);
      ConsumerLoop loop = new ConsumerLoop(consumer, queue, options);
      this.consumers.add(
          new Poller(vertx, "event consumer " + consumer.name(), options.poll(), loop::look));
    }
    EventRelay events = new EventRelay(database, consumers);
    this.relay =
        new Poller(vertx, "event relay", options.poll(), () -> events.relay().map(this::relayed));
  }

  private boolean relayed(EventRelay.Relayed relayed) {
    if (relayed.deliveries() > 0) {
      consumers.forEach(Poller::wake);
    }
    return relayed.events() == EventRelay.BATCH;
  }

  /** Begins to look. */
  public void start() {
    messages = EventLook.ADDRESS.listen(vertx, look -> relay.wake());
    relay.wake();
    consumers.forEach(Poller::wake);
  }

  /** Takes nothing more; complete when what was taken has been handled or has timed out. */
  public Future<Void> stop() {
    Future<?> deaf = messages == null ? Future.succeededFuture() : messages.unregister();
    List<Future<?>> all = new ArrayList<>(List.of(deaf, relay.stop()));
    consumers.forEach(consumer -> all.add(consumer.stop()));
    return Future.join(all).mapEmpty();
  }
}
