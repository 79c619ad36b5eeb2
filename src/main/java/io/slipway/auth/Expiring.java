package io.slipway.auth;

import java.time.Instant;
import java.util.Optional;

/** What can be signed in with for a time. */
sealed interface Expiring permits Account, AccessKey {

  /** Returns from when on it opens nothing; empty for never. */
  Optional<Instant> expiresAt();

  /** Tells whether it can be signed in with at a time. */
  default boolean isValidAt(Instant now) {
    return expiresAt().isEmpty() || now.isBefore(expiresAt().get());
  }
}
