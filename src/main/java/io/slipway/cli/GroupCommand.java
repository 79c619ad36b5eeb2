package io.slipway.cli;

import io.slipway.server.RegistryAccess;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Says and changes who belongs together. */
@Command(
    name = "group",
    description = "Lists and changes groups, about which policies can be.",
    mixinStandardHelpOptions = true,
    subcommands = {
      GroupCommand.ListGroups.class,
      GroupCommand.SetGroup.class,
      GroupCommand.RemoveGroup.class
    })
final class GroupCommand {
  /** Lists groups. */
  @Command(name = "list", description = "Lists the groups.", mixinStandardHelpOptions = true)
  static final class ListGroups implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        return registry.print(access.groups(), "name", "members");
      }
    }
  }

  /** Sets a group. */
  @Command(
      name = "set",
      description = "Makes a group, or sets its members to these.",
      mixinStandardHelpOptions = true)
  static final class SetGroup implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
    private String name;

    @Parameters(
        index = "1..*",
        paramLabel = "MEMBER",
        arity = "0..*",
        description = "Users and robots.")
    private List<String> members = List.of();

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        access.setGroup(name, members);
        return registry.done("Set the members of " + name);
      }
    }
  }

  /** Deletes a group. */
  @Command(
      name = "remove",
      description = "Deletes a group, and the policies that name it.",
      mixinStandardHelpOptions = true)
  static final class RemoveGroup implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
    private String name;

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        access.removeGroup(name);
        return registry.done("Deleted the group " + name);
      }
    }
  }
}
