package io.slipway.auth;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What the {@code Authorization} header of a request says. */
public sealed interface Credentials {
  /** There is none. */
  record None() implements Credentials {}

  /** A name and a password, or a key in its place (RFC 7617). */
  record Basic(String name, Secret password) implements Credentials {}

  /** A token (RFC 6750). */
  record Bearer(Secret token) implements Credentials {}

  /**
   * Reads a header.
   *
   * @throws RegistryException {@link ErrorCode#UNAUTHORIZED} for what is none of the kinds known
   */
  public static Credentials parse(@Nullable String header) {
    if (header == null || header.isBlank()) {
      return new None();
    }
    int space = header.indexOf(' ');
    String scheme = space < 0 ? header : header.substring(0, space);
    String rest = space < 0 ? "" : header.substring(space + 1).strip();
    if (scheme.equalsIgnoreCase("Bearer") && !rest.isEmpty()) {
      return new Bearer(Secret.of(rest));
    }
    if (scheme.equalsIgnoreCase("Basic")) {
      return basic(rest);
    }
    throw refused("the kind of credentials is neither Basic nor Bearer");
  }

  private static Basic basic(String encoded) {
    try {
      String both =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Base64.getDecoder().decode(encoded)))
              .toString();
      int colon = both.indexOf(':');
      if (colon >= 0) {
        return new Basic(both.substring(0, colon), Secret.of(both.substring(colon + 1)));
      }
    } catch (IllegalArgumentException | CharacterCodingException e) {
      // Said below, without what it was.
    }
    throw refused("they are not the base64 of name:password");
  }

  private static RegistryException refused(String reason) {
    return new RegistryException(
        ErrorCode.UNAUTHORIZED, "tried to read the credentials but " + reason);
  }
}
