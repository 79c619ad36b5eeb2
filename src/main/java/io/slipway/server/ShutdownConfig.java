package io.slipway.server;

import io.slipway.runtime.Checks;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import java.time.Duration;

/** Configures how the server ends. */
public record ShutdownConfig(
    @Doc("How long requests that run at SIGTERM may take to finish.") @Default("30s")
        Duration timeout) {
  public ShutdownConfig {
    new Checks().range("timeout", timeout, Duration.ZERO, Duration.ofHours(1)).done();
  }
}
