package io.slipway.runtime;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BusAddressTest {
  record Look(String table) {}

  private static final BusAddress<Look> LOOK =
      new BusAddress<>(
          "storage.look",
          1,
          look -> new JsonObject().put("table", look.table()),
          json -> new Look(Objects.requireNonNull(json.getString("table"), "no table")));

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<Look> taken = new LinkedBlockingQueue<>();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(5, SECONDS);
  }

  @Test
  void sendsToOneAndPublishesToAll() throws Exception {
    LOOK.listen(vertx, taken::add).completion().await(5, SECONDS);
    LOOK.listen(vertx, taken::add).completion().await(5, SECONDS);
    LOOK.send(vertx, new Look("blob"));
    assertThat(taken.poll(5, SECONDS)).isEqualTo(new Look("blob"));
    LOOK.publish(vertx, new Look("tag"));
    assertThat(taken.poll(5, SECONDS)).isEqualTo(new Look("tag"));
    assertThat(taken.poll(5, SECONDS)).isEqualTo(new Look("tag"));
    assertThat(taken).isEmpty();
  }

  @Test
  void refusesWhatItDoesNotKnow() throws Exception {
    LOOK.listen(vertx, taken::add).completion().await(5, SECONDS);
    assertRefused(
        new JsonObject().put("version", 2).put("table", "blob"),
        "tried to read version 2 of storage.look but this node knows 1");
    assertRefused(new JsonObject(), "tried to read version null of");
    assertRefused(new JsonObject().put("version", "1"), "tried to read version 1 of");
    assertRefused(new JsonObject().put("version", 1), "no table");
    assertThat(taken).isEmpty();
  }

  private void assertRefused(JsonObject message, String reason) {
    assertThatThrownBy(() -> vertx.eventBus().request(LOOK.name(), message).await(5, SECONDS))
        .isInstanceOf(ReplyException.class)
        .hasMessageStartingWith(reason)
        .extracting(refusal -> ((ReplyException) refusal).failureCode())
        .isEqualTo(BusAddress.REFUSED);
  }
}
