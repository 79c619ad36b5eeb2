package io.slipway.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what happens on other threads or in other processes, and tells nobody. */
public final class Eventually {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The longer it takes, the less often is looked: a look may cost others what is waited for. */
  private static final Duration FIRST_LOOK = Duration.ofMillis(5);

  private static final Duration LATE_LOOK = Duration.ofMillis(100);

  private Eventually() {}

  /** Returns as soon as a condition holds; fails when it has not within 30 s. */
  public static void happens(String what, BooleanSupplier condition) {
    happens(what, PATIENCE, condition);
  }

  /** Returns as soon as a condition holds; fails when it has not within a time. */
  public static void happens(String what, Duration patience, BooleanSupplier condition) {
    if (!holds(patience, condition)) {
      throw new AssertionError("waited " + patience.toSeconds() + " s in vain: " + what);
    }
  }

  /** Returns as soon as a condition holds; false when it has not within 30 s. */
  public static boolean holds(BooleanSupplier condition) {
    return holds(PATIENCE, condition);
  }

  private static boolean holds(Duration patience, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      long waited = System.nanoTime() - start;
      if (waited > patience.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(Math.clamp(waited / 50, FIRST_LOOK.toNanos(), LATE_LOOK.toNanos()));
    }
    return true;
  }
}
