package io.slipway.runtime;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a record of records from a YAML file, the environment and the command line.
 *
 * <p>The record types are walked once; keys are the components' names in snake_case. Everything
 * wrong is told at once. Blocks; safe for use by many threads.
 */
public final class ConfigLoader<R extends Record> {
  private final Class<R> type;
  private final String prefix;
  private final Set<String> foreign;
  private final ConfigSection root;
  private final Map<String, ConfigKey> keys = new HashMap<>();

  /**
   * Walks a record type.
   *
   * @param prefix of every environment variable: {@code REGISTRY_}
   * @param foreign variables with this prefix that belong to other programs
   * @throws IllegalStateException when two keys share a variable, or a key has no description
   */
  public ConfigLoader(Class<R> type, String prefix, Set<String> foreign) {
    this.type = type;
    this.prefix = prefix;
    this.foreign = Set.copyOf(foreign);
    this.root = ConfigSection.of(type, prefix);
    root.keys().forEach(key -> keys.put(key.path(), key));
  }

  /** Returns every key, in the order of the records. */
  public List<ConfigKey> keys() {
    return root.keys();
  }

  /** Returns what each group of keys is about, by its path, in the order of the records. */
  public Map<String, String> sections() {
    Map<String, String> docs = new LinkedHashMap<>();
    root.sections().skip(1).forEach(section -> docs.put(section.path(), section.doc()));
    return docs;
  }

  /** Describes the file in JSON Schema. */
  public JsonObject schema() {
    return JsonSchema.of(root);
  }

  /**
   * Reads the configuration.
   *
   * @throws ConfigException with everything that is wrong with it
   */
  public Loaded<R> load(ConfigSources sources) {
    List<String> problems = new ArrayList<>();
    Map<String, ConfigValue> values = new HashMap<>();
    if (sources.file() != null) {
      ConfigFile file = ConfigFile.read(sources.file(), problems);
      unknownKeys(file, problems);
      values.putAll(file.values());
    }
    keys.values().forEach(key -> fromEnvironment(key, sources.environment(), values));
    sources
        .flags()
        .forEach(
            (name, flag) ->
                values.put(flag.key(), ConfigValue.text(flag.text(), "from the flag " + name)));
    Object config = new ConfigBinder(values, problems).bind(root);
    if (config == null || !problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new Loaded<>(type.cast(config), warnings(sources.environment()));
  }

  /** A configuration, and what about the environment looks like a mistake. */
  public record Loaded<R>(R config, List<String> warnings) {}

  private static void fromEnvironment(
      ConfigKey key, Map<String, String> environment, Map<String, ConfigValue> values) {
    String variable = key.variable();
    if (blank(environment.get(variable)) && key.alias() != null) {
      variable = key.alias();
    }
    String text = environment.get(variable);
    // Compose files pass ${NAME:-} on as an empty variable.
    if (text != null && !blank(text)) {
      values.put(key.path(), ConfigValue.text(text, "from the environment variable " + variable));
    }
  }

  private void unknownKeys(ConfigFile file, List<String> problems) {
    Set<String> sections = new HashSet<>(sections().keySet());
    Set<String> names = new HashSet<>(keys.keySet());
    names.addAll(sections);
    Set<String> refused = new HashSet<>();
    file.sections()
        .forEach(
            (path, place) -> {
              if (keys.containsKey(path)) {
                problems.add(
                    path
                        + ": expected "
                        + keys.get(path).expected()
                        + ", not keys ("
                        + place
                        + ")");
                refused.add(path);
              } else if (!sections.contains(path) && !refused.contains(parent(path))) {
                problems.add(unknown(path, names, place));
                refused.add(path);
              } else if (!sections.contains(path)) {
                refused.add(path);
              }
            });
    file.values()
        .forEach(
            (path, value) -> {
              if (sections.contains(path)) {
                problems.add(path + ": expected keys below it (" + value.source() + ")");
              } else if (!keys.containsKey(path) && !refused.contains(parent(path))) {
                problems.add(unknown(path, names, value.source()));
              }
            });
  }

  private static String unknown(String path, Set<String> names, String place) {
    return path
        + ": unknown key, did you mean "
        + NearestName.of(path, names)
        + "? ("
        + place
        + ")";
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('.')));
  }

  private List<String> warnings(Map<String, String> environment) {
    Set<String> known = new HashSet<>();
    keys.values().forEach(key -> known.add(key.variable()));
    keys.values().stream().map(ConfigKey::alias).filter(Objects::nonNull).forEach(known::add);
    return environment.keySet().stream()
        .filter(name -> name.startsWith(prefix) && !known.contains(name) && !foreign.contains(name))
        .sorted()
        .map(
            name ->
                "the environment variable "
                    + name
                    + " sets nothing, did you mean "
                    + NearestName.of(name, known)
                    + "?")
        .toList();
  }

  private static boolean blank(@Nullable String text) {
    return text == null || text.isBlank();
  }
}
