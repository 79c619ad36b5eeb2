package io.slipway.cli;

import io.slipway.server.NamedServer;
import io.slipway.server.RegistryAccess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command about users, robots, groups, policies and the audit log has. */
final class AccessOptions {
  @Mixin private ServerOptions server;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** Opens what is asked, and asks for the password of whoever signs in to it. */
  RegistryAccess open() throws IOException {
    Optional<NamedServer> named = server.server();
    return named.isPresent() ? RegistryAccess.at(named.get()) : RegistryAccess.of(server.config());
  }

  PasswordInput passwords() {
    return server.passwords();
  }

  /** Prints a list, as a table of these fields. */
  int print(List<JsonObject> items, String... fields) {
    out().println(json ? new JsonArray(items).encodePrettily() : Table.of(items, List.of(fields)));
    return 0;
  }

  /** Prints what was made: all of it as JSON, or a sentence. */
  int done(JsonObject made, String sentence) {
    out().println(json ? made.encodePrettily() : sentence);
    return 0;
  }

  /** Prints a sentence about what was done; nothing as JSON. */
  int done(String sentence) {
    if (!json) {
      out().println(sentence);
    }
    return 0;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
