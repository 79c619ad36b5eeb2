package io.slipway.blob.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a clock that is not S3's. */
class ServerClockTest {
  private static final String DATE = "Sun, 22 Nov 2026 19:02:00 GMT";
  private static final Instant THERE = Instant.parse("2026-11-22T19:02:00Z");

  @Test
  void tellsHowFarItIs() {
    assertThat(ServerClock.warning(DATE, THERE.minusSeconds(121)).orElseThrow())
        .startsWith(
            "the clock of this machine is 121 s behind that of S3"
                + " (2026-11-22T18:59:59Z here, 2026-11-22T19:02:00Z there)");
    assertThat(ServerClock.warning(DATE, THERE.plusSeconds(31)).orElseThrow())
        .startsWith("the clock of this machine is 31 s ahead of that of S3");
  }

  @Test
  void isSilentWhenTheClocksAreClose() {
    assertThat(ServerClock.warning(DATE, THERE.minusSeconds(30))).isEmpty();
    assertThat(ServerClock.warning(DATE, THERE.plusSeconds(30))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "2026-11-22T19:02:00Z"})
  void believesNoNonsense(String date) {
    assertThat(ServerClock.warning(date, THERE.plusSeconds(1000))).isEmpty();
    assertThat(ServerClock.warning(null, THERE.plusSeconds(1000))).isEmpty();
  }
}
