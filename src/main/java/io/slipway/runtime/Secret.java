package io.slipway.runtime;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Holds a password, token or key that must not show in a log, an error or a debugger's {@code
 * toString}.
 */
public final class Secret {
  static final String REDACTED = "(redacted)";

  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  public static Secret of(String value) {
    return new Secret(value);
  }

  /** Makes one of so many random bytes, as base64url without padding. */
  public static Secret random(int bytes) {
    byte[] bits = new byte[bytes];
    new SecureRandom().nextBytes(bits);
    return new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
  }

  /** Returns the value itself, for the one place that sends or checks it. */
  public String reveal() {
    return value;
  }

  /** Compares in a time that does not tell how much of the value was right. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Secret secret && MessageDigest.isEqual(bytes(), secret.bytes());
  }

  /** Returns the same number for every secret, because a hash tells something about the value. */
  @Override
  public int hashCode() {
    return Secret.class.hashCode();
  }

  @Override
  public String toString() {
    return REDACTED;
  }

  private byte[] bytes() {
    return value.getBytes(StandardCharsets.UTF_8);
  }
}
