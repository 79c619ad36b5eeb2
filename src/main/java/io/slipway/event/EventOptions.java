package io.slipway.event;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How events are delivered.
 *
 * @param poll between looks at the tables when no message woke anybody
 * @param timeout of one attempt
 * @param lease how long an attempt is left alone; longer than the timeout, or two run at once
 * @param attempts before a delivery is given up
 * @param firstDelay after the first failure; doubled after each further one
 * @param longestDelay between attempts
 */
public record EventOptions(
    Duration poll,
    Duration timeout,
    Duration lease,
    int attempts,
    Duration firstDelay,
    Duration longestDelay) {

  public EventOptions {
    if (lease.compareTo(timeout) <= 0) {
      throw new IllegalArgumentException(
          "tried to deliver events with the lease "
              + lease
              + " but expected more than the timeout "
              + timeout);
    }
  }

  /** Returns what suits a registry: half a day of attempts. */
  public static EventOptions standard() {
    return new EventOptions(
        Duration.ofSeconds(2),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        20,
        Duration.ofSeconds(1),
        Duration.ofHours(1));
  }

  /** Returns how long to wait after an attempt failed, spread by a quarter either way. */
  Duration delayAfter(int attempt, RandomGenerator random) {
    int doublings = Math.min(attempt - 1, 30);
    double millis =
        Math.min(
            (double) longestDelay.toMillis(), (double) firstDelay.toMillis() * (1L << doublings));
    return Duration.ofMillis(Math.round(millis * random.nextDouble(0.75, 1.25)));
  }
}
