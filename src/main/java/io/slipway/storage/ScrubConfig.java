package io.slipway.storage;

import io.slipway.runtime.Checks;
import io.slipway.runtime.DataSize;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Configures how often and how fast a running registry reads all its bytes again. */
public record ScrubConfig(
    @Doc("Time between the end of one check of all bytes and the next; none is off.")
        @Nullable Duration interval,
    @Doc("Bytes that a check reads in a second, at most.") @Default("20MiB") DataSize rate) {
  public ScrubConfig {
    new Checks()
        .range(
            "interval",
            interval == null ? Duration.ofDays(1) : interval,
            Duration.ofSeconds(1),
            Duration.ofDays(3650))
        .range("rate", rate, new DataSize(1024), DataSize.ofMebibytes(1L << 20))
        .done();
  }
}
