package io.slipway.runtime;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Describes one configuration record: its keys and the records in it, in the order of its
 * components.
 *
 * @param path empty for the outermost record
 * @param doc what it is about, in one sentence; empty for the outermost record
 * @param parts a {@link ConfigKey} or a {@link ConfigSection} per component
 */
record ConfigSection(String path, String doc, Constructor<?> constructor, List<Object> parts) {
  /** Walks a record type once. */
  static ConfigSection of(Class<? extends Record> type, String prefix) {
    ConfigSection root = walk(type, "", "", prefix);
    Map<String, String> seen = new HashMap<>();
    for (ConfigKey key : root.keys()) {
      String other = seen.put(key.variable(), key.path());
      if (other != null) {
        throw new IllegalStateException(
            key.path() + " and " + other + " share the variable " + key.variable());
      }
    }
    return root;
  }

  /** Returns every key in here and below. */
  List<ConfigKey> keys() {
    return parts.stream()
        .flatMap(
            part ->
                part instanceof ConfigSection section
                    ? section.keys().stream()
                    : Stream.of((ConfigKey) part))
        .toList();
  }

  /** Returns this section and those below. */
  Stream<ConfigSection> sections() {
    return Stream.concat(
        Stream.of(this),
        parts.stream()
            .flatMap(
                part -> part instanceof ConfigSection section ? section.sections() : Stream.of()));
  }

  private static ConfigSection walk(Class<?> type, String path, String doc, String prefix) {
    RecordComponent[] components = type.getRecordComponents();
    List<Object> parts = new ArrayList<>();
    for (RecordComponent component : components) {
      String name = ConfigKey.name(component);
      String full = path.isEmpty() ? name : path + "." + name;
      parts.add(
          component.getType().isRecord() && component.getType() != DataSize.class
              ? walk(component.getType(), full, doc(component, full), prefix)
              : ConfigKey.of(full, prefix, component));
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return new ConfigSection(path, doc, type.getDeclaredConstructor(types), List.copyOf(parts));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("a record without its constructor: " + type, e);
    }
  }

  private static String doc(RecordComponent component, String path) {
    Doc doc = component.getAnnotation(Doc.class);
    if (doc == null) {
      throw new IllegalStateException(path + " needs @Doc");
    }
    return doc.value();
  }
}
