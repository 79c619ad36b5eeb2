package io.slipway.auth;

import io.slipway.runtime.Secret;
import java.time.Instant;
import java.util.Optional;

/**
 * An account as somebody wants it.
 *
 * @param password of a user, 1 to 72 bytes; a robot has none
 * @param description for people, up to 255 characters
 */
public record AccountWish(
    Account.Kind kind,
    String name,
    Role role,
    Optional<Secret> password,
    String description,
    Optional<Instant> expiresAt) {

  /** Returns the account, with what is kept of its password. */
  Account account(Optional<Secret> hash) {
    // Version and time are the database's.
    return new Account(name, kind, role, hash, 0, description, Instant.EPOCH, expiresAt);
  }
}
