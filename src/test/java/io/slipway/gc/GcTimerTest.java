package io.slipway.gc;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When collections begin that nobody asks for. */
class GcTimerTest {
  private static final GcSchedule OFTEN = new GcSchedule.Every(Duration.ofMillis(5));

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void goesOnAfterCollectionsThatFail() throws Exception {
    CountDownLatch begun = new CountDownLatch(4);
    GcTimer timer =
        new GcTimer(
            vertx,
            OFTEN,
            Clock.systemUTC(),
            () -> {
              begun.countDown();
              if (begun.getCount() % 2 == 1) {
                throw new RegistryException(ErrorCode.TOOMANYREQUESTS, "16 wait already");
              }
              return Future.failedFuture("failed");
            });
    timer.start();
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    timer.stop();
  }
}
