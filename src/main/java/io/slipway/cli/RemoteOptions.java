package io.slipway.cli;

import io.slipway.runtime.Secret;
import io.slipway.server.NamedServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that name a registry a command talks to, and say as whom. */
final class RemoteOptions {
  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "Ask this server, wherever its data is.")
  private @Nullable URI server;

  @Option(
      names = "--username",
      paramLabel = "NAME",
      description = "Sign in to --server as this user or robot.")
  private @Nullable String username;

  @Option(
      names = "--password-stdin",
      description =
          "Read passwords from the standard input, one in a line: first the one of --username, then"
              + " a new one that the command sets.")
  private boolean passwordStdin;

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      description = "Trust this certificate of --server, and no other.")
  private @Nullable Path certificate;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  private @Nullable PasswordInput passwords;

  /** Returns where passwords come from; the same at each call. */
  PasswordInput passwords() {
    PasswordInput known = passwords;
    if (known == null) {
      known = passwordStdin ? PasswordInput.ofLines(System.in) : PasswordInput.ofTerminal();
      passwords = known;
    }
    return known;
  }

  /** Returns the server that was named, after asking for the password of whoever signs in. */
  Optional<NamedServer> server() throws IOException {
    URI address = server;
    String name = username;
    if (address == null) {
      if (name != null || certificate != null) {
        throw new ParameterException(
            spec.commandLine(), "--username and --certificate go with --server");
      }
      return Optional.empty();
    }
    if (name == null) {
      return Optional.of(NamedServer.anonymous(address, certificate));
    }
    Secret password = passwords().ask("Password of " + name);
    return Optional.of(NamedServer.signedIn(address, certificate, name, password));
  }
}
