package io.slipway.storage;

import io.slipway.event.EventConsumer;
import io.slipway.event.EventDelivery;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/**
 * Brings the copies up to date after each change; many events at once share one run. Thread-safe.
 */
public final class CopyConsumer implements EventConsumer {
  private final CopyWriter copies;
  private boolean running;
  private @Nullable Promise<Void> next;

  public CopyConsumer(CopyWriter copies) {
    this.copies = copies;
  }

  @Override
  public String name() {
    return "copies";
  }

  @Override
  public Future<Void> handle(EventDelivery delivery) {
    return catchUp();
  }

  /**
   * Writes everything that is due, whatever became of the events that told of it. A run under way
   * may have missed a change: then the one after it is waited for.
   */
  public Future<Void> catchUp() {
    synchronized (this) {
      if (running) {
        Promise<Void> waiting = next == null ? Promise.promise() : next;
        next = waiting;
        return waiting.future();
      }
      running = true;
    }
    return run();
  }

  private Future<Void> run() {
    return copies.run().<Void>mapEmpty().onComplete(ignored -> ended());
  }

  private void ended() {
    Promise<Void> waiting;
    synchronized (this) {
      waiting = next;
      next = null;
      running = waiting != null;
    }
    if (waiting != null) {
      run().onComplete(waiting);
    }
  }
}
