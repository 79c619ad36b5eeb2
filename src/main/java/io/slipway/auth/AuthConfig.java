package io.slipway.auth;

import io.slipway.runtime.Checks;
import io.slipway.runtime.Doc;
import org.jspecify.annotations.Nullable;

/** Configures who must say who they are. */
public record AuthConfig(
    @Doc(
            "How clients sign in; none lets everybody do everything and must be written out unless http.host is a loopback address.")
        @Nullable Mode mode) {
  /** How clients sign in. */
  public enum Mode {
    NONE,
    BASIC,
    TOKEN
  }

  public AuthConfig {
    new Checks()
        .that(
            mode == null || mode == Mode.NONE,
            "mode",
            "none, because basic and token are not built yet in this version")
        .done();
  }
}
