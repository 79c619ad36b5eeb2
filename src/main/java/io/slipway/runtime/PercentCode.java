package io.slipway.runtime;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** The {@code %XX} in URLs that are values of the configuration. */
public final class PercentCode {
  private PercentCode() {}

  /**
   * Returns what is meant; a plus is a plus in all parts of these URLs.
   *
   * @throws IllegalArgumentException with what was expected instead, which tells nothing of the URL
   */
  public static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("two hexadecimal digits after every % in the URL");
    }
  }
}
