package io.slipway.cli;

import io.slipway.runtime.ConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParseResult;

/** Starts the command that the arguments name. */
@Command(
    name = "registry",
    description = "A container registry.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      ServeCommand.class,
      CheckConfigCommand.class,
      ConfigSchemaCommand.class,
      HealthCommand.class,
      GcCommand.class,
      UserCommand.class,
      RobotCommand.class,
      GroupCommand.class,
      PolicyCommand.class,
      AuditCommand.class,
      RebuildCommand.class,
      ScrubCommand.class
    })
public final class Main {
  private Main() {}

  /** Ends the process with the command's exit code: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] args) {
    System.exit(execute(args));
  }

  static int execute(String... args) {
    return commandLine().execute(args);
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main()).setExecutionExceptionHandler(Main::tell);
  }

  /** Says in a sentence what went wrong: a stack trace tells a user nothing. */
  private static int tell(Exception problem, CommandLine command, ParseResult arguments) {
    command
        .getErr()
        .println(problem instanceof ConfigException ? problem.getMessage() : sentence(problem));
    return problem instanceof ConfigException ? ExitCode.USAGE : ExitCode.SOFTWARE;
  }

  private static String sentence(Throwable problem) {
    String message = problem.getMessage();
    return "registry: " + (message == null ? problem : message);
  }
}
