package io.slipway.cli;

import io.slipway.server.RegistryAccess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says who did what, and who was refused. */
@Command(
    name = "audit",
    description = "Lists who did what and who was refused, newest first.",
    mixinStandardHelpOptions = true)
final class AuditCommand implements Callable<Integer> {
  @Mixin private AccessOptions registry;

  @Option(names = "--actor", paramLabel = "NAME", description = "Only what this one did or wanted.")
  private @Nullable String actor;

  @Option(
      names = "--action",
      paramLabel = "ACTION",
      description = "Only this: tag.moved, user.created, pull, …")
  private @Nullable String action;

  @Option(
      names = "--outcome",
      paramLabel = "OUTCOME",
      description = "Only done, failed, denied, login_failed, limited or unauthenticated.")
  private @Nullable String outcome;

  @Option(names = "--repository", paramLabel = "NAME", description = "Only of this repository.")
  private @Nullable String repository;

  @Option(names = "--digest", paramLabel = "DIGEST", description = "Only of this digest.")
  private @Nullable String digest;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "From this time on, as 2030-01-31T12:00:00Z.")
  private @Nullable String since;

  @Option(names = "--until", paramLabel = "TIME", description = "Before this time.")
  private @Nullable String until;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "NUMBER",
      defaultValue = "100",
      description = "At most so many (default: 100).")
  private int limit;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (limit < 1) {
      throw new ParameterException(spec.commandLine(), "--limit is a number from 1 on");
    }
    try (RegistryAccess access = registry.open()) {
      List<JsonObject> entries = access.audit(filters(), limit);
      return registry.print(
          entries,
          "time",
          "outcome",
          "actor",
          "address",
          "action",
          "repository",
          "subject",
          "digest",
          "times");
    }
  }

  private Map<String, String> filters() {
    Map<String, String> filters = new LinkedHashMap<>();
    add(filters, "actor", actor);
    add(filters, "action", action);
    add(filters, "outcome", outcome);
    add(filters, "repository", repository);
    add(filters, "digest", digest);
    add(filters, "since", since);
    add(filters, "until", until);
    return filters;
  }

  private static void add(Map<String, String> filters, String name, @Nullable String value) {
    if (value != null) {
      filters.put(name, value);
    }
  }
}
