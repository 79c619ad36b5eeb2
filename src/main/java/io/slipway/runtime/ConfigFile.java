package io.slipway.runtime;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads a YAML file into flat keys that remember their line; refuses what YAML allows but nobody
 * means.
 */
final class ConfigFile {
  private static final long MAX_BYTES = 1 << 20;

  private final Path path;
  private final List<String> problems;
  private final Map<String, ConfigValue> values = new LinkedHashMap<>();
  private final Map<String, String> sections = new LinkedHashMap<>();

  private ConfigFile(Path path, List<String> problems) {
    this.path = path;
    this.problems = problems;
  }

  /** Reads a file; what is wrong with it goes to {@code problems}. */
  static ConfigFile read(Path path, List<String> problems) {
    ConfigFile file = new ConfigFile(path, problems);
    try {
      if (Files.size(path) > MAX_BYTES) {
        problems.add("tried to read " + path + " but it is larger than 1 MiB");
        return file;
      }
      try (YAMLParser parser = new YAMLFactory().createParser(Files.readString(path))) {
        file.document(parser);
      }
    } catch (NoSuchFileException e) {
      problems.add("tried to read " + path + " but there is no such file");
    } catch (JsonProcessingException e) {
      // The parser's text has the place and a picture of it in indented lines between.
      String reason =
          e.getOriginalMessage()
              .lines()
              .filter(text -> !text.startsWith(" "))
              .collect(Collectors.joining(", "));
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      problems.add(path + ", line " + line + ": not YAML: " + reason);
    } catch (IOException e) {
      problems.add("tried to read " + path + " but " + e);
    }
    return file;
  }

  /** Returns every value by its full key. */
  Map<String, ConfigValue> values() {
    return values;
  }

  /** Returns every mapping's full key with its place. */
  Map<String, String> sections() {
    return sections;
  }

  private void document(YAMLParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null || first == JsonToken.VALUE_NULL) {
      return;
    }
    if (first != JsonToken.START_OBJECT) {
      problems.add(place(parser) + ": expected keys and values");
      return;
    }
    mapping(parser, "");
    if (parser.nextToken() != null) {
      problems.add(place(parser) + ": expected one document, found a second");
    }
  }

  private void mapping(YAMLParser parser, String prefix) throws IOException {
    Set<String> names = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      String key = prefix + name;
      if (!names.add(name)) {
        problems.add(key + ": the key is there twice (" + place(parser) + ")");
      } else if (name.indexOf('.') >= 0) {
        problems.add(
            key
                + ": write one level per dot, each indented below the other ("
                + place(parser)
                + ")");
      }
      parser.nextToken();
      value(parser, key);
    }
  }

  private void value(YAMLParser parser, String key) throws IOException {
    if (parser.isCurrentAlias()) {
      problems.add(
          key + ": YAML aliases are not read, write the value out (" + place(parser) + ")");
      return;
    }
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        sections.put(key, place(parser));
        mapping(parser, key + ".");
      }
      case START_ARRAY -> sequence(parser, key);
      // A key without a value is one somebody left blank: the default.
      case VALUE_NULL -> {}
      default -> values.put(key, ConfigValue.text(parser.getText(), place(parser)));
    }
  }

  private void sequence(YAMLParser parser, String key) throws IOException {
    String place = place(parser);
    List<String> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken().isScalarValue() && !parser.isCurrentAlias()) {
        items.add(parser.getText());
      } else {
        problems.add(key + ": expected a list of texts (" + place(parser) + ")");
        parser.skipChildren();
      }
    }
    values.put(key, ConfigValue.list(items, place));
  }

  private String place(JsonParser parser) {
    return path + ", line " + parser.currentTokenLocation().getLineNr();
  }
}
