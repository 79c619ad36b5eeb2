package io.slipway.runtime;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BusAddressTest {
  record Look(String table) {}

  private static final BusAddress<Look> LOOK = version(1);

  private final Vertx vertx = Vertx.vertx();
  private final EventBus bus = vertx.eventBus();
  private final BlockingQueue<Look> taken = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(5, SECONDS);
  }

  @Test
  void takesWhatIsSentAndPublished() throws Exception {
    LOOK.consume(bus, taken::add).completion().await(5, SECONDS);
    LOOK.consumeLocally(bus, taken::add).completion().await(5, SECONDS);
    LOOK.send(bus, new Look("blob"));
    assertThat(taken.poll(5, SECONDS)).isEqualTo(new Look("blob"));
    LOOK.publish(bus, new Look("tag"));
    assertThat(taken.poll(5, SECONDS)).isEqualTo(new Look("tag"));
    assertThat(taken.poll(5, SECONDS)).isEqualTo(new Look("tag"));
  }

  @Test
  void refusesAVersionItDoesNotKnow() throws Exception {
    LOOK.consume(bus, taken::add).completion().await(5, SECONDS);
    JsonObject newer = new JsonObject().put("version", 2).put("body", new JsonObject());
    assertThatThrownBy(() -> bus.request(LOOK.name(), newer).await(5, SECONDS))
        .isInstanceOf(ReplyException.class)
        .hasMessage("tried to read version 2 of storage.look but this node knows 1");
    assertRefused(new JsonObject());
    assertRefused(new JsonObject().put("version", 1));
    assertRefused(new JsonObject().put("version", "one").put("body", new JsonObject()));
    assertThat(taken).isEmpty();
  }

  private void assertRefused(JsonObject message) {
    assertThatThrownBy(() -> bus.request(LOOK.name(), message).await(5, SECONDS))
        .isInstanceOfSatisfying(
            ReplyException.class,
            refusal -> assertThat(refusal.failureCode()).isEqualTo(BusAddress.REFUSED));
  }

  private static BusAddress<Look> version(int version) {
    return new BusAddress<>(
        "storage.look",
        version,
        look -> new JsonObject().put("table", look.table()),
        json -> new Look(json.getString("table")));
  }
}
