package io.slipway.blob.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.HandTimers;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class FillLeadTest {
  private static final long MOST = FillLead.MOST;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final HandTimers timers = new HandTimers();
  private final Semaphore passed = new Semaphore(0);
  private final FillLead lead = new FillLead(timers.of(vertx), context, passed::release);

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private <T> T onContext(Callable<T> what) throws Exception {
    return Future.<T>future(
            promise ->
                context.runOnContext(
                    ignored -> {
                      try {
                        promise.complete(what.call());
                      } catch (Exception e) {
                        promise.fail(e);
                      }
                    }))
        .await(20, TimeUnit.SECONDS);
  }

  private boolean waitsAt(long end) throws Exception {
    return onContext(() -> lead.isTooFar(end));
  }

  private void awaitPassed() throws InterruptedException {
    assertThat(passed.tryAcquire(20, TimeUnit.SECONDS)).as("the wait is over").isTrue();
  }

  @Test
  void waitsForNobodyWhoIsClose() throws Exception {
    assertThat(waitsAt(MOST)).isFalse();
    lead.reached(MOST / 2);
    assertThat(waitsAt(MOST + MOST / 2)).isFalse();
  }

  @Test
  void waitsUntilTheFurthestIsClose() throws Exception {
    assertThat(waitsAt(MOST + 1)).isTrue();
    lead.reached(MOST / 2);
    assertThat(waitsAt(MOST + 1)).as("half of it is left").isTrue();
    lead.reached(MOST / 2 + 1);
    awaitPassed();
    assertThat(lead.isWaiting()).isFalse();
    lead.reached(10);
    assertThat(waitsAt(MOST + MOST / 2 + 1)).as("who is further counts").isFalse();
  }

  @Test
  void waitsForASlowOneOnceAndAgainWhenItHasCaughtUp() throws Exception {
    assertThat(waitsAt(2 * MOST)).isTrue();
    timers.next().fire().run();
    awaitPassed();
    assertThat(waitsAt(9 * MOST)).isFalse();
    lead.reached(8 * MOST);
    assertThat(waitsAt(9 * MOST + 1)).as("not caught up").isFalse();
    lead.reached(9 * MOST);
    assertThat(waitsAt(9 * MOST + 2)).isFalse();
    assertThat(waitsAt(10 * MOST + 1)).isTrue();
  }

  @Test
  void keepsForTheFurthestWhatItHasNotSeen() throws Exception {
    lead.reached(5);
    assertThat(lead.passedBy(3)).isEqualTo(3);
    assertThat(lead.passedBy(50)).isEqualTo(5);
    assertThat(waitsAt(2 * MOST)).isTrue();
    timers.next().fire().run();
    awaitPassed();
    assertThat(lead.passedBy(50)).as("a slow one reads the file").isEqualTo(50);
  }

  @Test
  void waitsNoMoreWhenItIsStopped() throws Exception {
    assertThat(waitsAt(2 * MOST)).isTrue();
    onContext(
        () -> {
          lead.stop();
          return true;
        });
    awaitPassed();
    assertThat(waitsAt(3 * MOST)).isFalse();
  }
}
