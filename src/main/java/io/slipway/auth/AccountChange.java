package io.slipway.auth;

import io.slipway.runtime.Secret;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is to be set of an account; what is empty stays as it is, whatever it is meanwhile.
 *
 * @param kind an account of the other kind is not found
 * @param profile description and end, which are set together
 * @param password bcrypt's hash
 * @param expected the version the credentials must have still
 */
public record AccountChange(
    String name,
    Account.Kind kind,
    Optional<Role> role,
    Optional<Profile> profile,
    Optional<Secret> password,
    OptionalLong expected) {

  /** What an account says beside who may sign in and what for. */
  public record Profile(String description, Optional<Instant> expiresAt) {}

  /** Sets a role. */
  public static AccountChange role(Account.Kind kind, String name, Role role) {
    return new AccountChange(
        name, kind, Optional.of(role), Optional.empty(), Optional.empty(), OptionalLong.empty());
  }

  /** Sets the password of a user; {@code expected} as in the record. */
  public static AccountChange password(String name, Secret hash, OptionalLong expected) {
    return new AccountChange(
        name, Account.Kind.USER, Optional.empty(), Optional.empty(), Optional.of(hash), expected);
  }

  /** Sets everything an account has; its password only when it has one. */
  public static AccountChange all(Account account) {
    return new AccountChange(
        account.name(),
        account.kind(),
        Optional.of(account.role()),
        Optional.of(new Profile(account.description(), account.expiresAt())),
        account.password(),
        OptionalLong.empty());
  }
}
