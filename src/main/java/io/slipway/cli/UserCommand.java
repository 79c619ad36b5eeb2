package io.slipway.cli;

import io.slipway.runtime.Secret;
import io.slipway.server.RegistryAccess;
import io.slipway.server.RegistryAccess.Accounts;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says and changes who can sign in with a password. */
@Command(
    name = "user",
    description = "Lists, makes and changes users.",
    mixinStandardHelpOptions = true,
    subcommands = {
      UserCommand.ListUsers.class,
      UserCommand.AddUser.class,
      UserCommand.SetPassword.class,
      UserCommand.SetRole.class,
      UserCommand.RemoveUser.class
    })
final class UserCommand {
  /** Lists users. */
  @Command(name = "list", description = "Lists the users.", mixinStandardHelpOptions = true)
  static final class ListUsers implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        return registry.print(
            access.accounts(Accounts.USERS),
            "name",
            "role",
            "groups",
            "has_password",
            "expires_at",
            "description");
      }
    }
  }

  /** Makes a user. */
  @Command(
      name = "add",
      description = "Makes a user, and asks for the password.",
      mixinStandardHelpOptions = true)
  static final class AddUser implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Mixin private AccountOptions account;

    @Option(
        names = "--no-password",
        description = "For somebody whom an htpasswd file or a certificate lets in.")
    private boolean noPassword;

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        Optional<Secret> password =
            noPassword
                ? Optional.empty()
                : Optional.of(registry.passwords().askNew("New password of " + account.name()));
        JsonObject made =
            access.addUser(account.name(), account.role(), account.description(), password);
        return registry.done(made, "Made the user " + account.name());
      }
    }
  }

  /** Sets a password. */
  @Command(
      name = "password",
      description = "Sets the password of a user, and asks for it.",
      mixinStandardHelpOptions = true)
  static final class SetPassword implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
    private String name;

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        access.setPassword(name, registry.passwords().askNew("New password of " + name));
        return registry.done("Set the password of " + name);
      }
    }
  }

  /** Sets a role. */
  @Command(name = "role", description = "Sets the role of a user.", mixinStandardHelpOptions = true)
  static final class SetRole implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
    private String name;

    @Parameters(index = "1", paramLabel = "ROLE", description = "viewer, engineer or admin.")
    private String role;

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        access.setRole(Accounts.USERS, name, role);
        return registry.done("Made " + name + " " + role);
      }
    }
  }

  /** Deletes a user. */
  @Command(
      name = "remove",
      description = "Deletes a user, the keys and the policies that name the user.",
      mixinStandardHelpOptions = true)
  static final class RemoveUser implements Callable<Integer> {
    @Mixin private AccessOptions registry;

    @Parameters(index = "0", paramLabel = "NAME", description = "Its name.")
    private String name;

    @Override
    public Integer call() throws IOException {
      try (RegistryAccess access = registry.open()) {
        access.remove(Accounts.USERS, name);
        return registry.done("Deleted the user " + name);
      }
    }
  }
}
