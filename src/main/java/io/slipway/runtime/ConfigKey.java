package io.slipway.runtime;

import java.lang.reflect.RecordComponent;
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
    boolean optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    if (doc == null || optional == (standard != null)) {
      throw new IllegalStateException(
          path + " needs @Doc, and either @Default or the type's @Nullable");
    }
    return new ConfigKey(
        path,
        prefix + path.replace('.', '_').toUpperCase(Locale.ROOT),
        alias == null ? null : alias.value(),
        doc.value(),
        standard == null ? null : standard.value(),
        SettingType.of(component.getGenericType()),
        component.getType() == Secret.class);
  }

  /** Turns {@code idleTimeout} into {@code idle_timeout}. */
  static String name(RecordComponent component) {
    return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
