package io.slipway.storage;

import io.slipway.event.EventConsumer;
import io.slipway.event.EventDelivery;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Brings the copies up to date after each change; many events at once share one run. Thread-safe.
 */
public final class CopyConsumer implements EventConsumer {
  private final CopyWriter copies;
  private Future<Integer> running = Future.succeededFuture(0);
  private @Nullable Future<Void> next;

  public CopyConsumer(CopyWriter copies) {
    this.copies = copies;
  }

  @Override
  public String name() {
    return "copies";
  }

  /** A run under way may have missed the change: its event waits for the one after. */
  @Override
  public synchronized Future<Void> handle(EventDelivery delivery) {
    Future<Void> waiting = next;
    if (waiting != null) {
      return waiting;
    }
    Future<Void> later = running.transform(ignored -> run()).mapEmpty();
    if (!later.isComplete()) {
      next = later;
    }
    return later;
  }

  private synchronized Future<Integer> run() {
    next = null;
    running = copies.run();
    return running;
  }
}
