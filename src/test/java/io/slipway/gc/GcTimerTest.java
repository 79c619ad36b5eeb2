package io.slipway.gc;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.testing.SettableClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  /**
   * As of a machine that slept, or whose clock was wrong; what was slept through is done late, for
   * that is better than a day later.
   */
  @ParameterizedTest
  @CsvSource({
    "30 3 * * *, 2026-01-01T03:00:00Z, 2026-01-01T03:29:59.995Z",
    "0 3 * * *, 2026-01-01T01:30:00Z, 2026-01-01T08:50:00Z"
  })
  void collectsAtTheTimesOfAClockThatIsSetMeanwhile(String cron, Instant before, Instant after)
      throws Exception {
    SettableClock clock = new SettableClock(before);
    CountDownLatch begun = new CountDownLatch(1);
    GcTimer timer =
        new GcTimer(
            vertx,
            schedule(cron),
            clock,
            Duration.ofMillis(10),
            () -> {
              begun.countDown();
              return Promise.promise().future();
            });
    timer.start();
    clock.set(after);
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    timer.stop();
  }

  /** Its pieces add up, whatever the clock says. */
  @Test
  void waitsForAnIntervalInPieces() throws Exception {
    CountDownLatch begun = new CountDownLatch(2);
    long start = System.nanoTime();
    GcTimer timer =
        new GcTimer(
            vertx,
            new GcSchedule.Every(Duration.ofMillis(100)),
            Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
            Duration.ofMillis(30),
            () -> {
              begun.countDown();
              return Future.succeededFuture();
            });
    timer.start();
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(190));
    timer.stop();
  }

  private static GcSchedule schedule(String cron) {
    return GcSchedule.of(
        new GcConfig(
            true, null, cron, Duration.ofHours(2), Duration.ofDays(7), Duration.ofSeconds(1)),
        Duration.ofHours(1));
  }
}
