package io.slipway.event;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Keeps what it is given and answers as it is told. */
final class RecordingConsumer implements EventConsumer {
  private final String name;
  private final Function<EventDelivery, Future<Void>> answer;
  private final BlockingQueue<EventDelivery> received = new LinkedBlockingQueue<>();

  RecordingConsumer(String name, Function<EventDelivery, Future<Void>> answer) {
    this.name = name;
    this.answer = answer;
  }

  RecordingConsumer(String name) {
    this(name, delivery -> Future.succeededFuture());
  }

  /** Returns the next delivery, or fails after 10 s. */
  EventDelivery next() throws InterruptedException {
    EventDelivery delivery = received.poll(10, TimeUnit.SECONDS);
    assertThat(delivery).as("a delivery within 10 s").isNotNull();
    return requireNonNull(delivery);
  }

  boolean isEmpty() {
    return received.isEmpty();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Future<Void> handle(EventDelivery delivery) {
    received.add(delivery);
    return answer.apply(delivery);
  }
}
