package io.slipway.auth;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;

/** Tells who holds a bearer token, and what it is good for. */
public interface TokenVerifier {
  /** Knows no token. */
  TokenVerifier NONE =
      (token, rules, address) ->
          Future.failedFuture(
              new RegistryException(
                  ErrorCode.UNAUTHORIZED,
                  "tried to read the token but this registry takes a name and a password"));

  /**
   * Finds the caller; fails with {@code UNAUTHORIZED} when the token is not one, has expired or was
   * revoked. Complete at once when the token was verified before.
   */
  Future<Caller> verify(Secret token, AccessRules rules, String address);
}
