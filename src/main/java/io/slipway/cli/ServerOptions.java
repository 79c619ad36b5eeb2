package io.slipway.cli;

import io.slipway.runtime.ConfigSources;
import io.slipway.server.NamedServer;
import io.slipway.server.RegistryConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which registry a command talks to, by its address or its configuration. */
final class ServerOptions {
  @Mixin private RemoteOptions remote;

  @Option(names = "--config", paramLabel = "FILE", description = "YAML file the server runs with.")
  private @Nullable Path config;

  /** Returns where passwords come from; the same at each call. */
  PasswordInput passwords() {
    return remote.passwords();
  }

  /** Returns the server that was named, after asking for the password of whoever signs in. */
  Optional<NamedServer> server() throws IOException {
    return remote.server();
  }

  /** Reads the configuration, which says where the data is. */
  RegistryConfig config() {
    return RegistryConfig.load(ConfigSources.of(config)).config();
  }
}
