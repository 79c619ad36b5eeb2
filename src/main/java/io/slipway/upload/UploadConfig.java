package io.slipway.upload;

import io.slipway.runtime.Checks;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import java.time.Duration;

/** Configures how long an upload may stay unfinished. */
public record UploadConfig(
    @Doc("How long an upload may get no byte before it ends.") @Default("1h") Duration timeout,
    @Doc("How long an upload may take altogether.") @Default("24h") Duration maxAge,
    @Doc("How long a request may bring no byte before another one may go on with its upload.")
        @Default("10s")
        Duration takeover,
    @Doc("How many uploads a user may have open at once; one more is answered with 429.")
        @Default("10000")
        int maxOpen) {
  private static final Duration LONGEST_BEAT = Duration.ofSeconds(5);

  public UploadConfig {
    new Checks()
        .range("timeout", timeout, Duration.ofSeconds(1), Duration.ofDays(7))
        .range("max_age", maxAge, Duration.ofSeconds(1), Duration.ofDays(30))
        .range("takeover", takeover, Duration.ofMillis(100), Duration.ofHours(1))
        .range("max_open", maxOpen, 1, 1_000_000)
        .that(maxAge.compareTo(timeout) >= 0, "max_age", "at least uploads.timeout")
        .done();
  }

  /** Returns how often a writer tells that it lives; several times before its upload would end. */
  Duration beat() {
    Duration often = timeout.dividedBy(4);
    return often.compareTo(LONGEST_BEAT) < 0 ? often : LONGEST_BEAT;
  }
}
