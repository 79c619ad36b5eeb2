package io.slipway.http.api;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.Quoted;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.NearestName;
import io.slipway.runtime.Secret;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of a JSON object that a client sent; every method throws {@code BAD_REQUEST} with the
 * field that is wrong, and without its value, which may be a secret. A field that is null is
 * absent.
 */
final class JsonFields {
  private final JsonObject object;

  private JsonFields(JsonObject object) {
    this.object = object;
  }

  /** Takes an object that may have these fields only. */
  static JsonFields of(JsonObject object, List<String> known) {
    for (String name : object.fieldNames()) {
      if (!known.contains(name)) {
        throw new RegistryException(
            ErrorCode.BAD_REQUEST,
            "tried to read the body of the request but it has an unknown field "
                + Quoted.of(name)
                + (known.isEmpty()
                    ? ", and none is expected"
                    : ", did you mean " + NearestName.of(name, known) + "?"),
            Map.of("field", name));
      }
    }
    return new JsonFields(object);
  }

  /** Returns a text that must be there. */
  String text(String name) {
    return find(name).orElseThrow(() -> wrong(name, "a text, and there is none"));
  }

  /** Returns a text; empty when there is none. */
  Optional<String> find(String name) {
    return switch (object.getValue(name)) {
      case null -> Optional.empty();
      case String text -> Optional.of(text);
      default -> throw wrong(name, "a text");
    };
  }

  /** Returns a text that nobody else is to see. */
  Optional<Secret> secret(String name) {
    return find(name).map(Secret::of);
  }

  /** Returns a list of texts that must be there. */
  List<String> texts(String name) {
    if (!(object.getValue(name) instanceof JsonArray array)) {
      throw wrong(name, "a list of texts");
    }
    List<String> texts = new ArrayList<>();
    for (Object item : array) {
      if (!(item instanceof String text)) {
        throw wrong(name, "a list of texts");
      }
      texts.add(text);
    }
    return texts;
  }

  /** Returns a time; empty when there is none. */
  Optional<Instant> time(String name) {
    return find(name)
        .map(
            text -> {
              try {
                return Instant.parse(text);
              } catch (DateTimeParseException e) {
                throw wrong(name, "a time such as 2030-01-31T12:00:00Z");
              }
            });
  }

  static RegistryException wrong(String name, String expected) {
    return new RegistryException(
        ErrorCode.BAD_REQUEST,
        "tried to read " + name + " in the body of the request but expected " + expected,
        Map.of("field", name));
  }
}
