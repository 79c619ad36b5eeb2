package io.slipway.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands until it is told to go on. Thread-safe. */
public final class SettableClock extends Clock {
  private volatile Instant now;

  /** Makes one that stands at a time. */
  public SettableClock(Instant now) {
    this.now = now;
  }

  /** Goes to a time. */
  public void set(Instant next) {
    now = next;
  }

  /** Goes on by a time. */
  public synchronized void add(Duration time) {
    now = now.plus(time);
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
