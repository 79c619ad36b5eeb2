package io.slipway.runtime;

import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names a place on the event bus together with the one kind of message that goes there.
 *
 * <p>Messages are hints of a few hundred bytes: one may be lost, repeated or late. They carry a
 * version, and a consumer that does not know it refuses the message instead of misreading it, so
 * nodes of two releases can share a bus. Thread-safe.
 *
 * @param version of the message's form, raised when an old consumer would misread a new message
 */
public record BusAddress<T>(
    String name, int version, Function<T, JsonObject> write, Function<JsonObject, T> read) {
  /** The failure code of a request whose message was refused. */
  public static final int REFUSED = 400;

  private static final Logger LOG = LoggerFactory.getLogger(BusAddress.class);
  private static final String VERSION = "version";
  private static final String BODY = "body";

  /** Tells one consumer. */
  public void send(EventBus bus, T message) {
    bus.send(name, envelope(message));
  }

  /** Tells every consumer. */
  public void publish(EventBus bus, T message) {
    bus.publish(name, envelope(message));
  }

  /** Takes the messages of every node, on the context of the caller. */
  public MessageConsumer<JsonObject> consume(EventBus bus, Consumer<T> consumer) {
    return bus.consumer(name, message -> accept(message, consumer));
  }

  /** Takes the messages of this node only, on the context of the caller. */
  public MessageConsumer<JsonObject> consumeLocally(EventBus bus, Consumer<T> consumer) {
    return bus.localConsumer(name, message -> accept(message, consumer));
  }

  private JsonObject envelope(T message) {
    return new JsonObject().put(VERSION, version).put(BODY, write.apply(message));
  }

  private void accept(Message<JsonObject> message, Consumer<T> consumer) {
    T body;
    try {
      body = open(message.body());
    } catch (RuntimeException e) {
      LOG.warn("refused a message to {}: {}", name, e.getMessage());
      message.fail(REFUSED, e.getMessage());
      return;
    }
    consumer.accept(body);
  }

  private T open(JsonObject envelope) {
    Integer sent = envelope.getInteger(VERSION);
    JsonObject body = envelope.getJsonObject(BODY);
    if (sent == null || sent != version || body == null) {
      throw new IllegalArgumentException(
          "tried to read version " + sent + " of " + name + " but this node knows " + version);
    }
    return read.apply(body);
  }
}
