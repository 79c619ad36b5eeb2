package io.slipway.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Starts the command that the arguments name. */
@Command(
    name = "registry",
    description = "A container registry.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] args) {
    int code = execute(args);
    if (code != 0) {
      System.exit(code);
    }
  }

  static int execute(String... args) {
    return new CommandLine(new Main()).execute(args);
  }
}
