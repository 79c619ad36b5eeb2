package io.slipway.runtime;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for work now and then, at once when it is woken, and again at once while there is more; one
 * look at a time. Thread-safe; it looks on the context on which it was made.
 */
public final class Poller {
  private static final Logger LOG = LoggerFactory.getLogger(Poller.class);

  private final Vertx vertx;
  private final String name;
  private final Duration interval;
  private final Supplier<Future<Boolean>> look;
  private final Context context;
  private final Promise<Void> stopped = Promise.promise();

  // Of the context.
  private boolean running;
  private boolean woken;
  private boolean stopping;
  private boolean failing;
  private @Nullable Long timer;

  /**
   * Makes a poller that does not look yet.
   *
   * @param name for the log
   * @param interval between looks that found nothing, about; spread so that nodes do not look
   *     together
   * @param look answers whether there may be more; a failure is logged and counts as no
   */
  public Poller(Vertx vertx, String name, Duration interval, Supplier<Future<Boolean>> look) {
    this.vertx = vertx;
    this.name = name;
    this.interval = interval;
    this.look = look;
    this.context = vertx.getOrCreateContext();
  }

  /**
   * Looks now, or once more when a look is under way; the first call starts the polling. After a
   * failure it waits for the interval: what is away is not asked for each event.
   */
  public void wake() {
    context.runOnContext(
        ignored -> {
          woken = true;
          if (!failing) {
            round();
          }
        });
  }

  /** Looks no more; complete when a look that is under way has ended. */
  public Future<Void> stop() {
    context.runOnContext(
        ignored -> {
          stopping = true;
          cancelTimer();
          if (!running) {
            stopped.tryComplete();
          }
        });
    return stopped.future();
  }

  private void round() {
    if (running || stopping) {
      return;
    }
    cancelTimer();
    running = true;
    woken = false;
    lookOnce().onComplete(more -> context.runOnContext(ignored -> ended(more)));
  }

  private Future<Boolean> lookOnce() {
    try {
      return look.get();
    } catch (Throwable e) {
      // An error, too: a look that never ended would be the last one.
      return Future.failedFuture(e);
    }
  }

  private void ended(AsyncResult<Boolean> more) {
    running = false;
    if (stopping) {
      stopped.tryComplete();
      return;
    }
    if (more.failed() && failing) {
      // Where it comes from was said the first time; what is away may be away for long.
      LOG.warn("tried to look for work of {} but failed again: {}", name, more.cause().toString());
    } else if (more.failed()) {
      LOG.warn("tried to look for work of {} but failed", name, more.cause());
    }
    failing = more.failed();
    if (more.succeeded() && (woken || more.result())) {
      round();
    } else {
      timer = vertx.setTimer(delay(), ignored -> round());
    }
  }

  private long delay() {
    double spread = ThreadLocalRandom.current().nextDouble(0.8, 1.2);
    return Math.max(1, Math.round(interval.toMillis() * spread));
  }

  private void cancelTimer() {
    if (timer != null) {
      vertx.cancelTimer(timer);
      timer = null;
    }
  }
}
