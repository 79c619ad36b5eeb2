package io.slipway.runtime;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names an address on the bus with the one kind of message it carries, as JSON with a version.
 *
 * <p>Messages are hints: any of them may be lost, late or repeated, so whoever listens also polls.
 *
 * @param name the address
 * @param version of the message's form; others are ignored
 */
public record BusAddress<M>(
    String name, int version, Function<M, JsonObject> encode, Function<JsonObject, M> decode) {
  private static final Logger LOG = LoggerFactory.getLogger(BusAddress.class);
  private static final String VERSION = "version";

  /** Tells every listener on every node. */
  public void publish(Vertx vertx, M message) {
    vertx.eventBus().publish(name, encode.apply(message).put(VERSION, version));
  }

  /** Listens on this node, on the context of the caller, until the consumer is unregistered. */
  public MessageConsumer<JsonObject> listen(Vertx vertx, Consumer<M> listener) {
    return vertx
        .eventBus()
        .consumer(
            name,
            message -> {
              JsonObject body = message.body();
              if (body.getInteger(VERSION, 0) == version) {
                listener.accept(decode.apply(body));
              } else {
                LOG.debug("ignored a message on {} of another version: {}", name, body);
              }
            });
  }
}
