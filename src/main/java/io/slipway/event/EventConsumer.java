package io.slipway.event;

import io.slipway.database.Transaction;
import io.vertx.core.Future;
import java.util.List;

/** Does something about events, after the transaction of their change. */
public interface EventConsumer {

  /** Returns the name its deliveries are kept under; the same in every release. */
  String name();

  /**
   * Takes events in the transaction that takes them off the outbox, so each exactly once, and
   * answers which of them are to be delivered instead: all, unless a consumer says otherwise.
   *
   * <p>For what is done with statements of that transaction alone. It may be called again for the
   * same events, when the transaction did not commit. Called on any thread.
   */
  default Future<List<EventDelivery>> take(Transaction transaction, List<EventDelivery> events) {
    return Future.succeededFuture(events);
  }

  /**
   * Hears which events it took when the transaction of {@link #take} has committed, if this process
   * lives to tell it. Called on an event loop; does not throw.
   */
  default void taken(List<EventDelivery> events) {}

  /**
   * Handles one event that was to be delivered; a failure brings it back later.
   *
   * <p>The same event may come again after it was handled, several come at once, and two events may
   * come in either order: those of a tag have versions. Called on an event loop.
   */
  Future<Void> handle(EventDelivery delivery);
}
