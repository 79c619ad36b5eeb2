package io.slipway.runtime;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Names an address on the bus with the one kind of message it carries, as JSON with a version.
 *
 * <p>Messages are hints: any of them may be lost, late or repeated, so whoever listens also polls.
 * A version that a node does not know is refused instead of misread, so nodes of two releases can
 * share a bus. Thread-safe.
 *
 * @param name the address
 * @param version of the message's form, raised when an old node would misread a new message
 */
public record BusAddress<M>(
    String name, int version, Function<M, JsonObject> encode, Function<JsonObject, M> decode) {
  /** The failure code that the sender of a refused request gets. */
  public static final int REFUSED = 400;

  /** The failure code that the sender of a request gets when it could not be answered. */
  public static final int FAILED = 500;

  private static final String VERSION = "version";

  /** Tells every listener on every node. */
  public void publish(Vertx vertx, M message) {
    vertx.eventBus().publish(name, written(message));
  }

  /** Tells one listener on one of the nodes. */
  public void send(Vertx vertx, M message) {
    vertx.eventBus().send(name, written(message));
  }

  /** Listens on this node, on the context of the caller, until the consumer is unregistered. */
  public MessageConsumer<JsonObject> listen(Vertx vertx, Consumer<M> listener) {
    return vertx.eventBus().consumer(name, message -> accept(vertx, message, listener));
  }

  /**
   * Asks the one who answers here.
   *
   * @return its answer; fails with a {@link ReplyException} when nobody is there, it refused, or
   *     did not answer in time
   */
  public Future<JsonObject> ask(Vertx vertx, M message, Duration timeout) {
    DeliveryOptions options = new DeliveryOptions().setSendTimeout(timeout.toMillis());
    return vertx.eventBus().<JsonObject>request(name, written(message), options).map(Message::body);
  }

  /**
   * Answers on this node, on the context of the caller, until the consumer is unregistered; what
   * the answerer fails with is told to the one who asked.
   */
  public MessageConsumer<JsonObject> answer(Vertx vertx, Function<M, Future<JsonObject>> answerer) {
    return vertx
        .eventBus()
        .consumer(
            name,
            message ->
                accept(
                    vertx,
                    message,
                    asked ->
                        answerer
                            .apply(asked)
                            .onSuccess(message::reply)
                            .onFailure(cause -> message.fail(FAILED, cause.toString()))));
  }

  private JsonObject written(M message) {
    return encode.apply(message).put(VERSION, version);
  }

  private void accept(Vertx vertx, Message<JsonObject> message, Consumer<M> listener) {
    M decoded;
    try {
      decoded = read(message.body());
    } catch (RuntimeException e) {
      BusRefusals.of(vertx).add(name, String.valueOf(e.getMessage()));
      message.fail(REFUSED, e.getMessage());
      return;
    }
    listener.accept(decoded);
  }

  private M read(JsonObject body) {
    Object sent = body.getValue(VERSION);
    if (!Integer.valueOf(version).equals(sent)) {
      throw new IllegalArgumentException(
          "tried to read version " + sent + " of " + name + " but this node knows " + version);
    }
    return decode.apply(body);
  }
}
