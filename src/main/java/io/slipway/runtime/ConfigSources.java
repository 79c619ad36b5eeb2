package io.slipway.runtime;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names the places a configuration is read from; a flag beats the environment, the environment
 * beats the file.
 *
 * @param flags from the flag's name ({@code --port}) to the key it sets and its text
 */
public record ConfigSources(
    @Nullable Path file, Map<String, String> environment, Map<String, Flag> flags) {
  public ConfigSources {
    environment = Map.copyOf(environment);
    flags = Map.copyOf(flags);
  }

  /** Reads the environment of this process and, when there is one, a file. */
  public static ConfigSources of(@Nullable Path file) {
    return new ConfigSources(file, System.getenv(), Map.of());
  }

  /** Sets one key from the command line. */
  public record Flag(String key, String text) {}
}
