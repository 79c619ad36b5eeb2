package io.slipway.runtime;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** The {@code %XX} in URLs, where a plus sign is a plus sign. */
public final class PercentCode {
  private PercentCode() {}

  /**
   * Returns what a part of a URL means that is a value of the configuration.
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

  /** Returns text as it stands in a query. */
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
