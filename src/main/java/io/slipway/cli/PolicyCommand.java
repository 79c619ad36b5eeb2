package io.slipway.cli;

import io.slipway.server.RegistryAccess;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Says and changes who may do what in which repositories. */
@Command(
    name = "policy",
    description = "Lists and changes policies: who may pull, push and delete where.",
    mixinStandardHelpOptions = true,
    subcommands = {
      PolicyCommand.ListPolicies.class,
      PolicyCommand.SetPolicy.class,
      PolicyCommand.RemovePolicy.class
    })
final class PolicyCommand {
  /** Lists policies. */
  @Command(name = "list", description = "Lists the policies.", mixinStandardHelpOptions = true)
  static final class ListPolicies implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        return registry.print(access.policies(), "repository", "user", "permissions", "createdAt");
      }
    }
  }

  /** Says where a policy holds, and for whom. */
  private static final class Subject {
    @Parameters(
        index = "0",
        paramLabel = "REPOSITORY",
        description = "A pattern: myorg/*, myorg/** or *.")
    private String repository;

    @Parameters(
        index = "1",
        paramLabel = "USER",
        description = "A name, a pattern of names, group:NAME, or anonymous; * is all who sign in.")
    private String user;
  }

  /** Writes a policy. */
  @Command(
      name = "set",
      description = "Writes a policy in the place of the one about the same repository and user.",
      mixinStandardHelpOptions = true)
  static final class SetPolicy implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Mixin private Subject about;

    @Parameters(
        index = "2..*",
        paramLabel = "PERMISSION",
        arity = "1..*",
        split = ",",
        description = "pull, push, delete.")
    private List<String> permissions;

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        access.setPolicy(about.repository, about.user, permissions);
        return registry.done("Set the policy of " + about.user + " in " + about.repository);
      }
    }
  }

  /** Deletes a policy. */
  @Command(name = "remove", description = "Deletes a policy.", mixinStandardHelpOptions = true)
  static final class RemovePolicy implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Mixin private Subject about;

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        access.removePolicy(about.repository, about.user);
        return registry.done("Deleted the policy of " + about.user + " in " + about.repository);
      }
    }
  }
}
