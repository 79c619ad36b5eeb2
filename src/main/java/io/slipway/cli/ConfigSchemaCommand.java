package io.slipway.cli;

import io.slipway.server.RegistryConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the JSON Schema of the configuration file. */
@Command(
    name = "config-schema",
    description = "Prints the JSON Schema of the configuration file, for editors.",
    mixinStandardHelpOptions = true)
final class ConfigSchemaCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().getOut().println(RegistryConfig.loader().schema().encodePrettily());
  }
}
