package io.slipway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/** Makes the {@code Authorization} of whoever signs in with a name and a password (RFC 7617). */
public final class BasicAuthorization {
  private BasicAuthorization() {}

  /** Returns the value of the header. */
  public static String basic(String name, String password) {
    return "Basic " + encoded(name, password);
  }

  /** Returns the name and the password as they stand in the header. */
  public static String encoded(String name, String password) {
    return Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
  }
}
