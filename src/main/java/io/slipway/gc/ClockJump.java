package io.slipway.gc;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that the database's clock went ahead by more than the time that passed here: what was
 * pushed a moment ago may look as old as garbage. For one thread.
 *
 * <p>A machine that slept looks the same, for the time it slept did not pass for the process.
 */
final class ClockJump {
  private static final Logger LOG = LoggerFactory.getLogger(ClockJump.class);

  /** So much may two clocks part between two looks. */
  private static final Duration ALLOWED = Duration.ofMinutes(10);

  private final Duration wait;
  private boolean looked;
  private boolean ahead;

  /** The database's time less that of this process, as it is believed. */
  private long believed;

  /** The same as it was when the clock was seen to go ahead. */
  private long jumped;

  /** When that was, by the time of this process. */
  private long since;

  /**
   * Makes one that has not looked yet; the first time is believed.
   *
   * @param wait how long a clock that went ahead is not believed, if it does not come back
   */
  ClockJump(Duration wait) {
    this.wait = wait;
  }

  /**
   * Tells whether rows are as old as they look.
   *
   * @param now the database's clock in milliseconds
   * @param passed the time of this process in milliseconds, from any moment on, never set
   */
  boolean believes(long now, long passed) {
    long offset = now - passed;
    boolean near = !looked || offset - believed <= ALLOWED.toMillis();
    boolean stays = ahead && offset - jumped <= ALLOWED.toMillis();
    if (near || (stays && passed - since >= wait.toMillis())) {
      looked = true;
      ahead = false;
      believed = offset;
      return true;
    }
    if (!stays) {
      ahead = true;
      jumped = offset;
      since = passed;
      LOG.info(
          "the clock of the database went ahead by {} s more than the time that passed here: it was"
              + " set, or the machine slept; no garbage is collected by the clock for {} s",
          (offset - believed) / 1000,
          wait.toSeconds());
    }
    return false;
  }
}
