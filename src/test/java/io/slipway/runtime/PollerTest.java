package io.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PollerTest {
  private static final Duration NEVER = Duration.ofHours(1);
  private final Vertx vertx = Vertx.vertx();
  private final LinkedBlockingQueue<Integer> looks = new LinkedBlockingQueue<>();
  private final AtomicInteger count = new AtomicInteger();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private int look() {
    int number = count.incrementAndGet();
    looks.add(number);
    return number;
  }

  @Test
  void looksAgainWhileThereIsMore() throws Exception {
    Poller poller = new Poller(vertx, "test", NEVER, () -> Future.succeededFuture(look() < 3));
    poller.wake();
    for (int i = 1; i <= 3; i++) {
      assertThat(looks.poll(10, TimeUnit.SECONDS)).isEqualTo(i);
    }
    poller.stop().await(10, TimeUnit.SECONDS);
    poller.wake();
    poller.stop().await(10, TimeUnit.SECONDS);
    assertThat(looks).isEmpty();
  }

  @Test
  void isNotWokenAfterAFailure() throws Exception {
    Promise<Boolean> first = Promise.promise();
    Poller poller =
        new Poller(
            vertx,
            "test",
            NEVER,
            () -> {
              look();
              return first.future();
            });
    poller.wake();
    assertThat(looks.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
    poller.wake();
    first.fail("away");
    poller.wake();
    poller.stop().await(10, TimeUnit.SECONDS);
    assertThat(looks).isEmpty();
  }

  @Test
  void goesOnAfterFailures() throws Exception {
    Poller poller =
        new Poller(
            vertx,
            "test",
            Duration.ofMillis(5),
            () -> {
              if (look() == 1) {
                throw new IllegalStateException("thrown");
              }
              return Future.failedFuture("failed");
            });
    poller.wake();
    for (int i = 1; i <= 3; i++) {
      assertThat(looks.poll(10, TimeUnit.SECONDS)).isEqualTo(i);
    }
    poller.stop().await(10, TimeUnit.SECONDS);
  }

  /** Of a class that is missing, for example. */
  @Test
  void goesOnAfterAnError() throws Exception {
    Poller poller =
        new Poller(
            vertx,
            "test",
            Duration.ofMillis(5),
            () -> {
              if (look() == 1) {
                throw new NoClassDefFoundError("thrown");
              }
              return Future.succeededFuture(false);
            });
    poller.wake();
    assertThat(looks.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(looks.poll(10, TimeUnit.SECONDS)).isEqualTo(2);
    poller.stop().await(10, TimeUnit.SECONDS);
  }

  @Test
  void looksOnceMoreWhenWokenDuringALook() throws Exception {
    Promise<Boolean> first = Promise.promise();
    Poller poller =
        new Poller(
            vertx,
            "test",
            NEVER,
            () -> look() == 1 ? first.future() : Future.succeededFuture(false));
    poller.wake();
    assertThat(looks.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
    poller.wake();
    poller.wake();
    first.complete(false);
    assertThat(looks.poll(10, TimeUnit.SECONDS)).isEqualTo(2);
    poller.stop().await(10, TimeUnit.SECONDS);
    assertThat(looks).isEmpty();
  }

  @Test
  void carriesMessagesOfItsVersionOnly() throws Exception {
    BusAddress<Integer> address =
        new BusAddress<>(
            "test", 1, n -> new JsonObject().put("n", n), json -> json.getInteger("n"));
    BusAddress<Integer> newer =
        new BusAddress<>("test", 2, n -> new JsonObject().put("n", n), json -> 0);
    var consumer = address.listen(vertx, looks::add);
    newer.publish(vertx, 1);
    address.publish(vertx, 2);
    assertThat(looks.poll(10, TimeUnit.SECONDS)).isEqualTo(2);
    consumer.unregister().await(10, TimeUnit.SECONDS);
    assertThat(looks).isEmpty();
  }
}
