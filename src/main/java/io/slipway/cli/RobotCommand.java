package io.slipway.cli;

import io.slipway.server.RegistryAccess;
import io.slipway.server.RegistryAccess.Accounts;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says and changes which programs can sign in with keys. */
@Command(
    name = "robot",
    description = "Lists, makes and changes robots, which sign in with keys.",
    mixinStandardHelpOptions = true,
    subcommands = {
      RobotCommand.ListRobots.class,
      RobotCommand.AddRobot.class,
      RobotCommand.RemoveRobot.class,
      RobotCommand.Key.class
    })
final class RobotCommand {
  /** Lists robots. */
  @Command(name = "list", description = "Lists the robots.", mixinStandardHelpOptions = true)
  static final class ListRobots implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        return registry.print(
            access.accounts(Accounts.ROBOTS),
            "name",
            "role",
            "groups",
            "expires_at",
            "description");
      }
    }
  }

  /** Says how long a key that is made holds. */
  private static final class Expiry {
    @Option(
        names = "--expires",
        paramLabel = "TIME",
        description = "How long the key holds, 90d (the default) or 12h for example, or never.")
    private @Nullable String expires;

    Optional<String> time() {
      return Optional.ofNullable(expires);
    }
  }

  /** Makes a robot. */
  @Command(
      name = "add",
      description = "Makes a robot, and its first key, which is shown only now.",
      mixinStandardHelpOptions = true)
  static final class AddRobot implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Mixin private AccountOptions account;

    @Mixin private Expiry expiry;

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        JsonObject robot = access.addRobot(account.name(), account.role(), account.description());
        JsonObject key =
            access.makeKey(Accounts.ROBOTS, account.name(), account.description(), expiry.time());
        return registry.done(robot.put("key", key), key.getString("key"));
      }
    }
  }

  /** Deletes a robot. */
  @Command(
      name = "remove",
      description = "Deletes a robot, its keys and the policies that name it.",
      mixinStandardHelpOptions = true)
  static final class RemoveRobot implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
    private String name;

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        access.remove(Accounts.ROBOTS, name);
        return registry.done("Deleted the robot " + name);
      }
    }
  }

  /** Makes, lists and revokes keys. */
  @Command(
      name = "key",
      description = "Makes another key, which is shown only now; or lists or revokes keys.",
      mixinStandardHelpOptions = true)
  static final class Key implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
    private String name;

    @Mixin private Expiry expiry;

    @Option(
        names = "--description",
        paramLabel = "TEXT",
        defaultValue = "",
        description = "What it is for.")
    private String description;

    @ArgGroup private @Nullable What what;

    /** At most one of them. */
    private static final class What {
      @Option(names = "--list", description = "List the keys, without what opens anything.")
      private boolean list;

      @Option(names = "--revoke", paramLabel = "ID", description = "Delete this key.")
      private @Nullable String revoke;
    }

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        if (what != null && what.list) {
          return registry.print(
              access.keys(Accounts.ROBOTS, name), "id", "created_at", "expires_at", "description");
        }
        if (what != null && what.revoke != null) {
          access.revokeKey(Accounts.ROBOTS, name, what.revoke);
          return registry.done("Revoked the key " + what.revoke + " of " + name);
        }
        JsonObject key = access.makeKey(Accounts.ROBOTS, name, description, expiry.time());
        return registry.done(key, key.getString("key"));
      }
    }
  }
}
