package io.slipway.metadata.redis;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Says how long to leave a server alone after it failed: longer each time, until a connection has
 * lasted.
 */
final class Pauses {
  /** After this a connection counts as good: another failure is a new story. */
  private static final Duration LASTING = Duration.ofSeconds(10);

  private final Duration first;
  private final Duration longest;
  private Duration next;
  private long connectedAt;
  private boolean connected;

  Pauses(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
    this.next = first;
  }

  /** Notes that there is a connection now. */
  void connected() {
    connected = true;
    connectedAt = System.nanoTime();
  }

  /** Returns the pause after a failure, with a quarter of chance so that nodes do not march. */
  Duration next() {
    if (connected && System.nanoTime() - connectedAt > LASTING.toNanos()) {
      next = first;
    }
    connected = false;
    Duration pause = next;
    Duration twice = next.multipliedBy(2);
    next = twice.compareTo(longest) > 0 ? longest : twice;
    return pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis() / 4 + 1));
  }
}
