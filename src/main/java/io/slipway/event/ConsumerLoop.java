package io.slipway.event;

import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands the deliveries of one consumer to it, a few at a time. */
final class ConsumerLoop {
  static final int BATCH = 16;
  private static final Logger LOG = LoggerFactory.getLogger(ConsumerLoop.class);

  private final EventConsumer consumer;
  private final DeliveryQueue queue;
  private final EventOptions options;

  ConsumerLoop(EventConsumer consumer, DeliveryQueue queue, EventOptions options) {
    this.consumer = consumer;
    this.queue = queue;
    this.options = options;
  }

  /** Delivers what is due and answers whether there may be more. */
  Future<Boolean> look() {
    return queue
        .take(BATCH)
        .compose(
            taken -> {
              List<Future<Void>> all = taken.stream().map(this::deliver).toList();
              return Future.join(all).map(taken.size() == BATCH);
            });
  }

  private Future<Void> deliver(EventDelivery delivery) {
    if (delivery.attempt() > options.attempts()) {
      // Nobody lived to say so: each attempt took its process with it.
      return giveBack(delivery, new IllegalStateException("no attempt ever ended"));
    }
    return handle(delivery)
        .timeout(options.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .transform(
            handled ->
                handled.succeeded() ? queue.done(delivery) : giveBack(delivery, handled.cause()));
  }

  private Future<Void> handle(EventDelivery delivery) {
    try {
      return consumer.handle(delivery);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private Future<Void> giveBack(EventDelivery delivery, Throwable cause) {
    return queue
        .failed(delivery, cause)
        .map(
            dead -> {
              LOG.warn(
                  "tried to deliver {} {} to {}, attempt {}, but {}{}",
                  delivery.type(),
                  delivery.eventId(),
                  consumer.name(),
                  delivery.attempt(),
                  DeliveryQueue.text(cause),
                  dead ? "; gave it up" : "");
              return null;
            });
  }
}
