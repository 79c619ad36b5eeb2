package io.slipway.testing;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The timers of a Vert.x, fired by hand: what a test says of times then is true on a machine of any
 * speed. Everything else is the real Vert.x.
 */
public final class HandTimers {
  private static final long SECONDS = 20;

  private final LinkedBlockingQueue<Timer> set = new LinkedBlockingQueue<>();
  private final AtomicLong ids = new AtomicLong();

  /** One that was set, and for how long. */
  public record Timer(Duration delay, Runnable fire) {}

  /** Returns a Vert.x that sets its timers here. */
  public Vertx of(Vertx real) {
    return (Vertx)
        Proxy.newProxyInstance(
            Vertx.class.getClassLoader(),
            new Class<?>[] {Vertx.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("setTimer")) {
                @SuppressWarnings("unchecked")
                Handler<Long> handler = (Handler<Long>) arguments[1];
                return set((Long) arguments[0], handler, real.getOrCreateContext());
              }
              if (method.getName().equals("cancelTimer")) {
                return true;
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            });
  }

  private long set(long millis, Handler<Long> handler, Context context) {
    long id = ids.incrementAndGet();
    set.add(
        new Timer(
            Duration.ofMillis(millis), () -> context.runOnContext(ignored -> handler.handle(id))));
    return id;
  }

  /** Waits for the next that is set. */
  public Timer next() {
    try {
      Timer timer = set.poll(SECONDS, TimeUnit.SECONDS);
      if (timer == null) {
        throw new AssertionError("no timer was set");
      }
      return timer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
