package io.slipway.runtime;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Describes a configuration file in JSON Schema, so that an editor completes and checks it. */
final class JsonSchema {
  private JsonSchema() {}

  static JsonObject of(ConfigSection root) {
    return new JsonObject()
        .put("$schema", "https://json-schema.org/draft/2020-12/schema")
        .mergeIn(section(root));
  }

  private static JsonObject section(ConfigSection section) {
    JsonObject properties = new JsonObject();
    for (Object part : section.parts()) {
      if (part instanceof ConfigSection inner) {
        properties.put(last(inner.path()), section(inner).put("description", inner.doc()));
      } else if (part instanceof ConfigKey key) {
        properties.put(last(key.path()), key(key));
      }
    }
    return new JsonObject()
        .put("type", "object")
        .put("additionalProperties", false)
        .put("properties", properties);
  }

  private static JsonObject key(ConfigKey key) {
    // Sorted, so that the schema is the same whenever it is printed.
    JsonObject schema =
        new JsonObject(new TreeMap<>(key.type().schema())).put("description", key.doc());
    Object standard = standard(key);
    if (standard != null) {
      schema.put("default", standard);
    }
    return schema;
  }

  private static @Nullable Object standard(ConfigKey key) {
    String text = key.standard();
    if (text == null) {
      return null;
    }
    Object value = key.type().value(ConfigValue.text(text, "the default"));
    return switch (value) {
      case Number number -> number;
      case Boolean truth -> truth;
      case List<?> items -> new JsonArray(items);
      default -> text;
    };
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
