package io.slipway.event;

import io.vertx.core.Future;

/** Does something about events, outside of their transaction. */
public interface EventConsumer {

  /** Returns the name its deliveries are kept under; the same in every release. */
  String name();

  /**
   * Handles one event; a failure brings it back later.
   *
   * <p>The same event may come again after it was handled, several come at once, and two events may
   * come in either order: those of a tag have versions. Called on an event loop.
   */
  Future<Void> handle(EventDelivery delivery);
}
