package io.slipway.cli;

import io.slipway.runtime.ConfigSources;
import io.slipway.server.RegistryConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a configuration without starting anything. */
@Command(
    name = "check-config",
    description = "Checks a configuration file, together with the environment.",
    mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "YAML file to check.")
  private Path file;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    var loaded = RegistryConfig.load(ConfigSources.of(file));
    loaded.warnings().forEach(spec.commandLine().getErr()::println);
    spec.commandLine().getOut().println(file + " is right");
    return 0;
  }
}
