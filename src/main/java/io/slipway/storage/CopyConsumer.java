package io.slipway.storage;

import io.slipway.event.EventConsumer;
import io.slipway.event.EventDelivery;
import io.vertx.core.Future;

/**
 * Has the copies brought up to date after each change. It waits for none: what is due stands in a
 * queue of its own, and a delivery that waited for all of it would be late when many changes were.
 */
public final class CopyConsumer implements EventConsumer {
  private final Runnable wake;

  /**
   * Makes one.
   *
   * @param wake has what is due looked at, soon; called on any thread
   */
  public CopyConsumer(Runnable wake) {
    this.wake = wake;
  }

  @Override
  public String name() {
    return "copies";
  }

  @Override
  public Future<Void> handle(EventDelivery delivery) {
    wake.run();
    return Future.succeededFuture();
  }
}
