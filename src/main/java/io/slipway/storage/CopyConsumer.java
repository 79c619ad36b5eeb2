package io.slipway.storage;

import io.slipway.database.Transaction;
import io.slipway.event.EventConsumer;
import io.slipway.event.EventDelivery;
import io.vertx.core.Future;
import java.util.List;

/**
 * Has the copies brought up to date after each change. It waits for none, and needs no delivery:
 * what is due stands in a queue of its own. A delivery is what a node of an earlier release made.
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

  /** Takes all: a poll finds what is due when a node ends before it was told. */
  @Override
  public Future<List<EventDelivery>> take(Transaction transaction, List<EventDelivery> events) {
    return Future.succeededFuture(List.of());
  }

  @Override
  public void taken(List<EventDelivery> events) {
    wake.run();
  }

  @Override
  public Future<Void> handle(EventDelivery delivery) {
    wake.run();
    return Future.succeededFuture();
  }
}
