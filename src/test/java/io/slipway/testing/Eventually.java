package io.slipway.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what happens on other threads or in other processes, and tells nobody. */
public final class Eventually {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(5);

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
      if (System.nanoTime() - start > patience.toNanos()) {
        return false;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return true;
  }
}
