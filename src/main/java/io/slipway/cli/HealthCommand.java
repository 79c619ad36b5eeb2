package io.slipway.cli;

import io.slipway.runtime.ConfigSources;
import io.slipway.server.HealthProbe;
import io.slipway.server.RegistryConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks a running registry whether it is healthy. */
@Command(
    name = "health",
    description = "Asks a running registry whether it is healthy; for HEALTHCHECK lines.",
    mixinStandardHelpOptions = true)
final class HealthCommand implements Callable<Integer> {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Address of the health check; the one of the configured port without it.")
  private @Nullable URI url;

  @Option(names = "--config", paramLabel = "FILE", description = "YAML file the server runs with.")
  private @Nullable Path config;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Optional<String> problem =
        url != null
            ? HealthProbe.ask(url)
            : HealthProbe.ask(RegistryConfig.load(ConfigSources.of(config)).config());
    problem.ifPresentOrElse(
        spec.commandLine().getErr()::println, () -> spec.commandLine().getOut().println("healthy"));
    return problem.isPresent() ? 1 : 0;
  }
}
