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
}
