package io.slipway.cli;

import io.slipway.runtime.ConfigException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParseResult;

/** Starts the command that the arguments name. */
@Command(
    name = "registry",
    description = "A container registry.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class Main {
  /** As help lists them. */
  private static final List<Class<?>> COMMANDS =
      List.of(
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
          ScrubCommand.class);

  private Main() {}

  /** Ends the process with the command's exit code: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] args) {
    System.exit(execute(args));
  }

  static int execute(String... args) {
    return commandLine(args).execute(args);
  }

  /**
   * Returns what reads arguments. Of a command that is named first it knows nothing else: to learn
   * all of them takes a third of the time to start.
   */
  static CommandLine commandLine(String... args) {
    CommandLine line = new CommandLine(new Main());
    Optional<Class<?>> named = COMMANDS.stream().filter(type -> isNamed(type, args)).findFirst();
    named.<List<Class<?>>>map(List::of).orElse(COMMANDS).forEach(line::addSubcommand);
    return line.setExecutionExceptionHandler(Main::tell);
  }

  private static boolean isNamed(Class<?> type, String... args) {
    return args.length > 0 && type.getAnnotation(Command.class).name().equals(args[0]);
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
