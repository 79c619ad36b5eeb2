package io.slipway.auth;

import io.slipway.event.Actor;
import java.util.Optional;

/**
 * Whoever sent a request, and what they may do at its beginning.
 *
 * @param kind how they are known
 * @param name what changes and the audit log call them
 * @param role empty for those who gave no credentials
 * @param rights what they may do in repositories
 * @param byToken whether a bearer token said so, which may allow less than its owner may
 * @param credentials what {@link CredentialVersions} names the very password or key they sent;
 *     empty when they sent none
 * @param address the numeric address the request came from, or what a trusted proxy says it is
 */
public record Caller(
    Kind kind,
    String name,
    Optional<Role> role,
    Rights rights,
    boolean byToken,
    Optional<String> credentials,
    String address) {
  /** How a caller is known. */
  public enum Kind {
    /** Not at all. */
    ANONYMOUS,
    /** By credentials of this registry, so the name is one of its own. */
    SIGNED_IN,
    /** By a token of another server. */
    EXTERNAL,
    /** By the data folder of this registry, which they can read. */
    OWNER,
    /** Nobody is asked who they are. */
    EVERYBODY
  }

  /** Returns somebody of a registry that asks nobody who they are. */
  public static Caller everybody(String address) {
    return new Caller(
        Kind.EVERYBODY,
        Actor.ANONYMOUS,
        Optional.of(Role.ADMIN),
        Rights.ALL,
        false,
        Optional.empty(),
        address);
  }

  /** Returns whoever can read the data folder; the address is empty without a connection. */
  public static Caller owner(String address) {
    return new Caller(
        Kind.OWNER, "owner", Optional.of(Role.ADMIN), Rights.ALL, false, Optional.empty(), address);
  }

  /**
   * Returns whoever another token server names. Their name here, {@code issuer#subject}, is that of
   * no account, for none has a {@code #}: nothing that goes by names takes the one for the other.
   *
   * @param issuer the name of that server
   * @param subject what it calls them
   * @param rights what their token says
   */
  public static Caller external(String issuer, String subject, Rights rights, String address) {
    return new Caller(
        Kind.EXTERNAL,
        issuer + "#" + subject,
        Optional.empty(),
        rights,
        true,
        Optional.empty(),
        address);
  }

  /** Tells whether no credentials were given though some are wanted. */
  public boolean isAnonymous() {
    return kind == Kind.ANONYMOUS;
  }

  /** Tells whether the role is at least another one. */
  public boolean has(Role wanted) {
    return role.isPresent() && role.get().includes(wanted);
  }

  /** Returns whom the changes of this request are told of. */
  public Actor actor() {
    return new Actor(name, address);
  }
}
