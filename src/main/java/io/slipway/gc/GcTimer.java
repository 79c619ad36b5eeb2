package io.slipway.gc;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects whenever a schedule says so, one collection after the other. Thread-safe. */
public final class GcTimer {
  private static final Logger LOG = LoggerFactory.getLogger(GcTimer.class);

  /** Longer waits are cut into pieces: the clock may be set meanwhile. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private final Vertx vertx;
  private final GcSchedule schedule;
  private final Clock clock;
  private final Duration longest;
  private final Supplier<Future<?>> collection;
  private long timer = -1;
  private boolean stopping;

  /**
   * Makes one that does not look at the clock yet.
   *
   * @param collection collects, and logs its failures
   */
  public GcTimer(Vertx vertx, GcSchedule schedule, Clock clock, Supplier<Future<?>> collection) {
    this(vertx, schedule, clock, LONGEST, collection);
  }

  GcTimer(
      Vertx vertx,
      GcSchedule schedule,
      Clock clock,
      Duration longest,
      Supplier<Future<?>> collection) {
    this.vertx = vertx;
    this.schedule = schedule;
    this.clock = clock;
    this.longest = longest;
    this.collection = collection;
  }

  /** Begins to look at the clock. */
  public void start() {
    waitOn(Duration.ZERO);
  }

  /** Asks the clock again after each piece: it may have been set, or the machine have slept. */
  private synchronized void waitOn(Duration waited) {
    if (!stopping) {
      schedule
          .delayAfter(ZonedDateTime.now(clock), waited)
          .ifPresent(delay -> waitFor(delay, waited));
    }
  }

  private void waitFor(Duration delay, Duration waited) {
    ZonedDateTime due = ZonedDateTime.now(clock).plus(delay);
    boolean whole = delay.compareTo(longest) <= 0;
    long millis = Math.max(1, whole ? delay.toMillis() : longest.toMillis());
    timer =
        vertx.setTimer(
            millis,
            ignored -> {
              // Also what was slept through, or passed over by a clock that was set.
              if (whole || !ZonedDateTime.now(clock).isBefore(due)) {
                collect();
              } else {
                waitOn(waited.plusMillis(millis));
              }
            });
  }

  private void collect() {
    // Also when it is refused at once, as one is behind too many others.
    Future.succeededFuture()
        .compose(ignored -> collection.get())
        .onFailure(cause -> LOG.debug("tried to collect garbage but {}", cause.toString()))
        .onComplete(ignored -> start());
  }

  /** Begins no more collections. */
  public synchronized void stop() {
    stopping = true;
    vertx.cancelTimer(timer);
  }
}
