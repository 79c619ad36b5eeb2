package io.slipway.metadata.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PausesTest {
  private final Pauses pauses = new Pauses(Duration.ofMillis(100), Duration.ofSeconds(1));

  @Test
  void growUpToTheLongest() {
    for (int least : new int[] {100, 200, 400, 800, 1000, 1000}) {
      assertThat(pauses.next().toMillis()).isBetween((long) least, least * 5L / 4);
    }
  }

  @Test
  void goOnAfterAConnectionThatDidNotLast() {
    pauses.next();
    pauses.connected();
    assertThat(pauses.next().toMillis()).isBetween(200L, 250L);
  }
}
