package io.slipway.server;

import io.slipway.runtime.ConfigKey;
import io.slipway.runtime.ConfigLoader;
import java.util.HashMap;
import java.util.Map;

/** Prints the configuration's keys as the default file and as the tables of the documentation. */
final class ConfigPages {
  private ConfigPages() {}

  /** Returns the default file: every key as a comment with its default. */
  static String file(ConfigLoader<?> loader) {
    StringBuilder text =
        new StringBuilder(
            """
            # Slipway's configuration. Every key is here with its default: to change one, take the # away
            # from its line. The environment wins over this file (http.port is REGISTRY_HTTP_PORT), and
            # the command line over both. `registry check-config FILE` tells what is wrong.
            """);
    Map<String, String> sections = new HashMap<>(loader.sections());
    for (ConfigKey key : loader.keys()) {
      for (int dot = key.path().indexOf('.'); dot > 0; dot = key.path().indexOf('.', dot + 1)) {
        String section = key.path().substring(0, dot);
        String doc = sections.remove(section);
        if (doc != null) {
          String indent = indent(section);
          text.append(indent.isEmpty() ? "\n" : "").append(indent).append("# ").append(doc);
          text.append('\n').append(indent).append(last(section)).append(":\n");
        }
      }
      String indent = indent(key.path());
      text.append(indent).append("# ").append(doc(key)).append('\n');
      text.append(indent).append('#').append(last(key.path())).append(':');
      String value = value(key);
      text.append(value.isEmpty() ? "" : " " + value).append('\n');
    }
    return text.toString();
  }

  /** Returns one table per outermost group of keys. */
  static String tables(ConfigLoader<?> loader) {
    StringBuilder text = new StringBuilder();
    String group = "";
    for (ConfigKey key : loader.keys()) {
      String section = key.path().substring(0, key.path().indexOf('.'));
      if (!section.equals(group)) {
        group = section;
        text.append("\n### ").append(section).append("\n\n").append(loader.sections().get(section));
        text.append("\n\n| key | default | what it does |\n|---|---|---|\n");
      }
      String value = value(key);
      text.append("| `").append(key.path()).append("`<br>`").append(key.variable());
      text.append(key.alias() == null ? "" : "`, `" + key.alias()).append("` | ");
      text.append(value.isEmpty() ? "–" : "`" + value + "`").append(" | ");
      text.append(doc(key)).append(" |\n");
    }
    return text.append('\n').toString();
  }

  private static String doc(ConfigKey key) {
    boolean choice = key.type().schema().containsKey("enum");
    return choice ? key.doc() + " One of: " + key.expected() + "." : key.doc();
  }

  private static String value(ConfigKey key) {
    String standard = key.standard();
    if (standard == null) {
      return "";
    }
    return key.type().list() ? "[" + standard + "]" : standard;
  }

  private static String indent(String path) {
    return "  ".repeat((int) path.chars().filter(c -> c == '.').count());
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }
}
