package io.slipway.gc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Clocks that are set, and machines that sleep. */
class ClockJumpTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration WEEK = Duration.ofDays(7);

  private final ClockJump jump = new ClockJump(Duration.ofHours(2));
  private long now = 1_800_000_000_000L;
  private long passed = -50_000;

  /** Lets time pass; tells whether the clock is believed then. */
  private boolean after(Duration time) {
    now += time.toMillis();
    passed += time.toMillis();
    return jump.believes(now, passed);
  }

  private void set(Duration ahead) {
    now += ahead.toMillis();
  }

  @Test
  void believesAClockThatGoes() {
    assertThat(after(MINUTE)).isTrue();
    assertThat(after(WEEK)).isTrue();
    assertThat(after(Duration.ofDays(365))).isTrue();
  }

  @Test
  void believesAClockThatIsSetByAMoment() {
    after(MINUTE);
    set(Duration.ofMinutes(9));
    assertThat(after(MINUTE)).isTrue();
    set(Duration.ofMinutes(9));
    assertThat(after(MINUTE)).isTrue();
  }

  /** Then everything looks younger than it is. */
  @Test
  void believesAClockThatIsSetBack() {
    after(MINUTE);
    set(WEEK.negated());
    assertThat(after(MINUTE)).isTrue();
    set(WEEK);
    assertThat(after(MINUTE)).isFalse();
  }

  @Test
  void believesNoClockThatGoesAheadUntilItComesBack() {
    after(MINUTE);
    set(WEEK);
    assertThat(after(MINUTE)).isFalse();
    assertThat(after(MINUTE)).isFalse();
    set(WEEK.negated());
    assertThat(after(MINUTE)).isTrue();
  }

  @Test
  void believesNoSecondJumpBecauseTheFirstIsLongAgo() {
    after(MINUTE);
    set(Duration.ofHours(8));
    assertThat(after(MINUTE)).isFalse();
    assertThat(after(Duration.ofMinutes(110))).isFalse();
    set(WEEK);
    assertThat(after(Duration.ofMinutes(11))).isFalse();
    assertThat(after(Duration.ofMinutes(119))).isFalse();
    assertThat(after(MINUTE)).isTrue();
  }

  /** As when a laptop wakes: the clock is right, and stays where it is. */
  @Test
  void believesAClockThatStaysAheadForLong() {
    after(MINUTE);
    set(Duration.ofHours(8));
    assertThat(after(MINUTE)).isFalse();
    assertThat(after(Duration.ofMinutes(119))).isFalse();
    assertThat(after(MINUTE)).isTrue();
    assertThat(after(MINUTE)).isTrue();
    set(Duration.ofHours(8));
    assertThat(after(MINUTE)).as("the next night").isFalse();
  }
}
