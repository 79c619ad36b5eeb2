package io.slipway.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** How tests start a registry in a JVM of its own. */
public final class ChildJvm {
  private ChildJvm() {}

  /** Returns the command line of a JVM like this one, whose lines count as covered, and words. */
  public static List<String> command(String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Stream.of("slipway.test.agent", "slipway.test.flags")
        .flatMap(flags -> Stream.of(System.getProperty(flags, "").split(" ")))
        .filter(flag -> !flag.isBlank())
        .forEach(command::add);
    command.addAll(List.of(words));
    return command;
  }

  /** Adds settings, keys of the configuration and their values, to an environment. */
  public static void configure(Map<String, String> environment, Map<String, String> settings) {
    settings.forEach((key, value) -> environment.put(variable(key), value));
  }

  /** Returns the variable of the environment that sets a key of the configuration. */
  public static String variable(String key) {
    return "REGISTRY_" + key.replace('.', '_').toUpperCase(Locale.ROOT);
  }
}
