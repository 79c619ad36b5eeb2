package io.slipway.server;

import io.slipway.runtime.Checks;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import java.time.Duration;

/** Configures how the server ends. */
public record ShutdownConfig(
    @Doc("How long requests that run at SIGTERM may take to finish.") @Default("30s")
        Duration timeout,
    @Doc(
            "How long the server goes on accepting requests after SIGTERM while /readyz says that it"
                + " stops: longer than load balancers need to notice.")
        @Default("0s")
        Duration notice) {
  public ShutdownConfig {
    new Checks()
        .range("timeout", timeout, Duration.ZERO, Duration.ofHours(1))
        .range("notice", notice, Duration.ZERO, Duration.ofMinutes(10))
        .done();
  }

  /** Returns how long requests may come and run after SIGTERM. */
  Duration most() {
    return notice.plus(timeout);
  }
}
