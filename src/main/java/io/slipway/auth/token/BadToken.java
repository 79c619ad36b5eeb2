package io.slipway.auth.token;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;

/** Refuses a token; the reason never quotes it. */
final class BadToken {
  private BadToken() {}

  static RegistryException because(String reason) {
    return new RegistryException(ErrorCode.UNAUTHORIZED, "tried to read the token but " + reason);
  }
}
