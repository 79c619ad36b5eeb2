package io.slipway.auth.token;

import java.util.function.BooleanSupplier;

/**
 * A token whose signature was right.
 *
 * @param trusted tells whether the key that signed it is trusted still
 */
record VerifiedToken(TokenClaims claims, BooleanSupplier trusted) {}
