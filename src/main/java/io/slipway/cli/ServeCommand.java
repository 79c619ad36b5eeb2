package io.slipway.cli;

import io.slipway.runtime.ConfigLoader.Loaded;
import io.slipway.runtime.ConfigSources.Flag;
import io.slipway.server.RegistryConfig;
import io.slipway.server.RegistryProcess;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves until it is told to stop. */
@Command(
    name = "serve",
    description = "Serves the registry until SIGTERM or Ctrl-C.",
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Mixin private StoreOptions stores;

  @Option(names = "--port", paramLabel = "N", description = "Port to listen on (http.port).")
  private @Nullable String port;

  @Option(names = "--host", paramLabel = "H", description = "Address to listen on (http.host).")
  private @Nullable String host;

  @Override
  public Integer call() throws InterruptedException {
    Loaded<RegistryConfig> loaded = stores.load(flags());
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
    return flags;
  }
}
