package io.slipway.upload;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.runtime.BusAddress;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BusPeersTest {
  private static final String NODE = "there";

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final UploadPeers peers = new BusPeers(vertx, meters);
  private final List<UploadYield> asked = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() throws TimeoutException {
    vertx.close().await(5, SECONDS);
  }

  private void answers(Function<UploadYield, Future<JsonObject>> answer) throws TimeoutException {
    UploadYield.address(NODE)
        .answer(
            vertx,
            message -> {
              asked.add(message);
              return answer.apply(message);
            })
        .completion()
        .await(5, SECONDS);
  }

  private boolean ask(boolean stop) throws TimeoutException {
    return peers.ask(NODE, "id", stop).await(5, SECONDS);
  }

  private double count(String outcome) {
    return meters.get("slipway.upload.yields").tag("outcome", outcome).counter().count();
  }

  @Test
  void tellsWhetherItWasDone() throws Exception {
    answers(message -> Future.succeededFuture(UploadYield.answer(message.stop())));
    assertThat(ask(true)).isTrue();
    assertThat(ask(false)).isFalse();
    assertThat(asked).containsExactly(new UploadYield("id", true), new UploadYield("id", false));
    assertThat(count("done")).isOne();
    assertThat(count("unknown")).isOne();
  }

  @Test
  void waitsForNobody() throws Exception {
    assertThat(ask(true)).isFalse();
    assertThat(count("gone")).isOne();
    answers(message -> Promise.<JsonObject>promise().future());
    long begun = System.nanoTime();
    assertThat(ask(true)).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isBetween(Duration.ofMillis(200), Duration.ofSeconds(3));
    assertThat(count("late")).isOne();
  }

  @Test
  void standsAFailure() throws Exception {
    answers(message -> Future.failedFuture(new IllegalStateException("no database")));
    assertThat(ask(true)).isFalse();
    assertThat(count("refused")).isOne();
  }

  /** As in a rolling upgrade. */
  @Test
  void sharesTheBusWithAnotherRelease() throws Exception {
    String address = UploadYield.address(NODE).name();
    vertx
        .eventBus()
        .<JsonObject>consumer(
            address, message -> message.fail(BusAddress.REFUSED, "another version"))
        .completion()
        .await(5, SECONDS);
    assertThat(ask(true)).isFalse();
    assertThat(count("refused")).isOne();
  }

  @Test
  void refusesTheMessageOfANewerRelease() throws Exception {
    answers(message -> Future.succeededFuture(UploadYield.answer(true)));
    JsonObject newer =
        new JsonObject()
            .put("version", UploadYield.VERSION + 1)
            .put("uploads", List.of("id"))
            .put("until", "later");
    assertThatThrownBy(
            () ->
                vertx.eventBus().request(UploadYield.address(NODE).name(), newer).await(5, SECONDS))
        .isInstanceOf(ReplyException.class)
        .extracting(refusal -> ((ReplyException) refusal).failureCode())
        .isEqualTo(BusAddress.REFUSED);
    assertThat(asked).isEmpty();
    assertThat(ask(true)).isTrue();
  }
}
