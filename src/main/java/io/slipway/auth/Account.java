package io.slipway.auth;

import io.slipway.runtime.Secret;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Somebody who can sign in: a person with a password and keys, or a robot with keys only.
 *
 * @param name what is signed in with; one name space for both kinds
 * @param password bcrypt's hash; empty when keys, an htpasswd file or a certificate are the only
 *     ways in
 * @param version of the credentials: another one ends what was signed in with them. An account that
 *     is deleted and made again has another one too
 * @param expiresAt from when on nobody signs in; empty for never
 */
public record Account(
    String name,
    Kind kind,
    Role role,
    Optional<Secret> password,
    long version,
    String description,
    Instant createdAt,
    Optional<Instant> expiresAt)
    implements Expiring {
  /** What an account is for. */
  public enum Kind {
    USER,
    ROBOT
  }

  /** Without a colon, which ends the name in a Basic header, and without a star. */
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._+@-]{0,127}");

  /** Tells whether a name can be one of an account or a group; {@code anonymous} is taken. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches() && !name.equals("anonymous");
  }
}
