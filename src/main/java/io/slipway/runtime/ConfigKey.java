package io.slipway.runtime;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Describes one configuration key.
 *
 * @param path as in the file, with dots: {@code http.idle_timeout}
 * @param variable its environment variable: {@code REGISTRY_HTTP_IDLE_TIMEOUT}
 * @param alias a second environment variable, read when the first is not set
 * @param standard the default as one would write it; null for a value that may be absent
 */
public record ConfigKey(
    String path,
    String variable,
    @Nullable String alias,
    String doc,
    @Nullable String standard,
    SettingType type,
    boolean secret) {
  /** Tells what the value must be, for people: "a whole number", "true or false". */
  public String expected() {
    return type.expected();
  }

  static ConfigKey of(String path, String prefix, RecordComponent component) {
    Doc doc = component.getAnnotation(Doc.class);
    Default standard = component.getAnnotation(Default.class);
    AlsoFrom alias = component.getAnnotation(AlsoFrom.class);
    // Whether a key without a default is @Nullable is for a test: asking costs milliseconds at
    // start.
    if (doc == null || (standard == null && component.getType().isPrimitive())) {
      throw new IllegalStateException(path + " needs @Doc, and @Default unless it may be absent");
    }
    return new ConfigKey(
        path,
        prefix + path.replace('.', '_').toUpperCase(Locale.ROOT),
        alias == null ? null : alias.value(),
        doc.value(),
        standard == null ? null : standard.value(),
        SettingType.of(
            component.getType() == List.class ? component.getGenericType() : component.getType()),
        component.getType() == Secret.class);
  }

  /** Turns {@code idleTimeout} into {@code idle_timeout}. */
  static String name(RecordComponent component) {
    StringBuilder name = new StringBuilder();
    for (char c : component.getName().toCharArray()) {
      if (Character.isUpperCase(c)) {
        name.append('_');
      }
      name.append(Character.toLowerCase(c));
    }
    return name.toString();
  }
}
