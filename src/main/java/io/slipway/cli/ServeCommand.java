package io.slipway.cli;

import io.slipway.runtime.ConfigLoader.Loaded;
import io.slipway.runtime.ConfigSources;
import io.slipway.runtime.ConfigSources.Flag;
import io.slipway.server.RegistryConfig;
import io.slipway.server.RegistryProcess;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves until it is told to stop. */
@Command(
    name = "serve",
    description = "Serves the registry until SIGTERM or Ctrl-C.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Option(names = "--config", paramLabel = "FILE", description = "YAML file to configure it with.")
  private @Nullable Path config;

  @Option(names = "--port", paramLabel = "N", description = "Port to listen on (http.port).")
  private @Nullable String port;

  @Option(names = "--host", paramLabel = "H", description = "Address to listen on (http.host).")
  private @Nullable String host;

  @Option(names = "--data", paramLabel = "DIR", description = "Folder of the data (storage.path).")
  private @Nullable String data;

  @Option(
      names = "--database-url",
      paramLabel = "URL",
      description =
          "Where the database is (database.url); a password belongs in REGISTRY_DATABASE_PASSWORD,"
              + " because everybody on this machine sees a command line.")
  private @Nullable String databaseUrl;

  @Override
  public Integer call() throws InterruptedException {
    Loaded<RegistryConfig> loaded =
        RegistryConfig.load(new ConfigSources(config, System.getenv(), flags()));
    return RegistryProcess.run(loaded.config(), loaded.warnings());
  }

  private Map<String, Flag> flags() {
    Map<String, Flag> flags = new HashMap<>();
    if (port != null) {
      flags.put("--port", new Flag("http.port", port));
    }
    if (host != null) {
      flags.put("--host", new Flag("http.host", host));
    }
    if (data != null) {
      flags.put("--data", new Flag("storage.path", data));
    }
    if (databaseUrl != null) {
      flags.put("--database-url", new Flag("database.url", databaseUrl));
    }
    return flags;
  }
}
