package io.slipway.runtime;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One of the types a configuration key may have.
 *
 * @param expected what a value must be, for people, after "expected"
 * @param schema the type in JSON Schema
 * @param read turns one text into a value, {@link IllegalArgumentException} when it is not one
 * @param list whether the value is a list of such texts
 */
public record SettingType(
    String expected, Map<String, Object> schema, Function<String, Object> read, boolean list) {
  private static final Map<Class<?>, SettingType> KNOWN =
      Map.of(
          String.class, of("text", "string", text -> text),
          int.class, of("a whole number", "integer", Integer::parseInt),
          Integer.class, of("a whole number", "integer", Integer::valueOf),
          long.class, of("a whole number", "integer", Long::parseLong),
          boolean.class, of("true or false", "boolean", SettingType::readBoolean),
          Duration.class, of("a time like 500ms, 30s or 1h30m", "string", Durations::parse),
          DataSize.class, of("a size like 4096, 16MB or 1GiB", "string", DataSize::parse),
          Secret.class, of("text", "string", Secret::of),
          Path.class, of("a path", "string", Path::of),
          URI.class, of("a URI", "string", URI::create));
  private static final SettingType TEXTS =
      new SettingType(
          "a list of texts",
          Map.of("type", "array", "items", Map.of("type", "string")),
          text -> text,
          true);

  /** Finds the type of a record component. */
  static SettingType of(Type type) {
    if (type instanceof Class<?> plain && plain.isEnum()) {
      return ofEnum(plain);
    }
    SettingType known =
        type instanceof ParameterizedType generic && generic.getRawType() == List.class
            ? TEXTS
            : KNOWN.get(type instanceof Class<?> plain ? plain : Object.class);
    if (known == null) {
      throw new IllegalStateException("no configuration key can have the type " + type);
    }
    return known;
  }

  /**
   * Turns what somebody wrote into a value.
   *
   * @throws IllegalArgumentException when it is not of this type
   */
  Object value(ConfigValue written) {
    List<String> items = written.items();
    if (list) {
      return items != null ? items : split(written.text());
    }
    if (items != null) {
      throw new IllegalArgumentException("a list");
    }
    return read.apply(written.text());
  }

  /** Tells how an enum's constant is written. */
  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  static List<String> split(String text) {
    return Stream.of(text.split(",", -1))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .toList();
  }

  private static SettingType of(String expected, String schema, Function<String, Object> read) {
    return new SettingType(expected, Map.of("type", schema), read, false);
  }

  private static SettingType ofEnum(Class<?> type) {
    List<Enum<?>> constants =
        Arrays.stream(type.getEnumConstants()).<Enum<?>>map(Enum.class::cast).toList();
    List<String> names = constants.stream().map(SettingType::name).toList();
    Function<String, Object> read =
        text ->
            constants.stream()
                .filter(constant -> name(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(text));
    return new SettingType(
        names.stream().collect(Collectors.joining(" or ")), Map.of("enum", names), read, false);
  }

  private static Object readBoolean(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }
}
