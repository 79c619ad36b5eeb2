package io.slipway.cli;

import io.slipway.runtime.ConfigLoader.Loaded;
import io.slipway.runtime.ConfigSources;
import io.slipway.runtime.ConfigSources.Flag;
import io.slipway.server.RegistryConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which registry is meant, for every command that works on its stores. */
final class StoreOptions {
  @Option(names = "--config", paramLabel = "FILE", description = "YAML file to configure it with.")
  private @Nullable Path config;

  @Option(names = "--data", paramLabel = "DIR", description = "Folder of the data (storage.path).")
  private @Nullable String data;

  @Option(
      names = "--database-url",
      paramLabel = "URL",
      description =
          "Where the database is (database.url); a password belongs in REGISTRY_DATABASE_PASSWORD,"
              + " because everybody on this machine sees a command line.")
  private @Nullable String databaseUrl;

  /**
   * Reads the configuration.
   *
   * @param flags what other options say
   */
  Loaded<RegistryConfig> load(Map<String, Flag> flags) {
    Map<String, Flag> all = new HashMap<>(flags);
    if (data != null) {
      all.put("--data", new Flag("storage.path", data));
    }
    if (databaseUrl != null) {
      all.put("--database-url", new Flag("database.url", databaseUrl));
    }
    return RegistryConfig.load(new ConfigSources(config, System.getenv(), all));
  }
}
