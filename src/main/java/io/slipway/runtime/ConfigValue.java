package io.slipway.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One value as somebody wrote it.
 *
 * @param items what a sequence in the file lists; null for plain text
 * @param source where it came from, for people
 */
record ConfigValue(String text, @Nullable List<String> items, String source) {
  static ConfigValue text(String text, String source) {
    return new ConfigValue(text, null, source);
  }

  static ConfigValue list(List<String> items, String source) {
    return new ConfigValue("[" + String.join(", ", items) + "]", List.copyOf(items), source);
  }

  /**
   * Returns the text for people. What may be a password in an address is left out, however wrong
   * the address is: from the first colon to the last at-sign.
   */
  String shown() {
    int colon = text.indexOf(':');
    int at = text.lastIndexOf('@');
    if (colon < 0 || at < colon) {
      return text;
    }
    int from = colon + (text.startsWith("//", colon + 1) ? 3 : 1);
    return text.substring(0, from) + Secret.REDACTED + text.substring(at);
  }
}
