package io.slipway.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is said of a user or a robot that is made. */
final class AccountOptions {
  @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
  private String name;

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      defaultValue = "viewer",
      description = "viewer (the default), engineer or admin.")
  private String role;

  @Option(
      names = "--description",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "What it is for.")
  private String description;

  String name() {
    return name;
  }

  String role() {
    return role;
  }

  String description() {
    return description;
  }
}
