package io.slipway.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  @Test
  void listsItsCommands() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("serve", "check-config", "config-schema", "health");
  }

  @Test
  void knowsTheSameOfACommandThatIsNamedFirst() {
    Map<String, CommandLine> all = Main.commandLine().getSubcommands();
    assertThat(all).hasSize(12);
    all.forEach(
        (name, command) -> {
          Map<String, CommandLine> alone = Main.commandLine(name, "--help").getSubcommands();
          assertThat(alone).containsOnlyKeys(name);
          CommandLine same = requireNonNull(alone.get(name));
          assertThat(same.getUsageMessage()).isEqualTo(command.getUsageMessage());
          assertThat(same.getSubcommands().keySet()).isEqualTo(command.getSubcommands().keySet());
        });
    assertThat(Main.commandLine("sevre").getSubcommands()).hasSize(12);
  }

  @Test
  void wantsACommand() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("Usage: registry");
  }

  @Test
  void showsNoPasswordOfAnAddressThatIsWrong() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("config.yaml"), "http: {external_url: 'https://ann:p4ss@x'}");
    assertThat(run("check-config", file.toString())).isNotZero();
    assertThat(out.toString() + err).contains("https://(redacted)@x").doesNotContain("p4ss");
  }

  @Test
  void findsNothingWrongWithARightFile() throws IOException {
    Path file = Files.writeString(folder.resolve("config.yaml"), "http: {port: 80}");
    assertThat(run("check-config", file.toString())).isZero();
    assertThat(out.toString()).isEqualTo(file + " is right\n");
  }

  @Test
  void tellsEverythingThatIsWrongWithAFile() throws IOException {
    Path file =
        Files.writeString(folder.resolve("config.yaml"), "htpp: {port: 80}\nlog: {level: 1}");
    assertThat(run("check-config", file.toString())).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            "The configuration has 2 errors:\n  htpp: unknown key, did you mean http? ("
                + file
                + ", line 1)\n  log.level: \"1\" but expected error or warn or info or debug or trace ("
                + file
                + ", line 2)\n");
  }

  @Test
  void printsTheSchema() {
    assertThat(run("config-schema")).isZero();
    assertThat(new JsonObject(out.toString()).getJsonObject("properties").fieldNames())
        .contains("http", "storage", "uploads");
  }

  @Test
  void servesNothingWithAWrongConfiguration() {
    assertThat(run("serve", "--config", folder.resolve("none").toString())).isEqualTo(2);
    assertThat(run("serve", "--host", "0.0.0.0")).isEqualTo(2);
    assertThat(err.toString()).contains("there is no such file", "write auth.mode: none");
  }

  @Test
  void asksForHealth() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/up", exchange -> answer(exchange, 200));
    server.createContext("/down", exchange -> answer(exchange, 503));
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    try {
      assertThat(run("health", "--url", url + "/up")).isZero();
      assertThat(out.toString()).isEqualTo("healthy\n");
      assertThat(run("health", "--url", url + "/down")).isEqualTo(1);
      assertThat(err.toString()).isEqualTo("tried to ask " + url + "/down but it answered 503\n");
    } finally {
      server.stop(0);
    }
    assertThat(run("health", "--url", url + "/up")).isEqualTo(1);
    assertThat(run("health", "--url", "file:/x")).isEqualTo(1);
  }

  @Test
  void asksTheConfiguredPortForHealth() throws IOException {
    Path file = Files.writeString(folder.resolve("config.yaml"), "http: {port: 1}");
    assertThat(run("health", "--config", file.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("http://127.0.0.1:1/api/v1/registry/health");
  }

  private static void answer(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private int run(String... arguments) {
    CommandLine registry = Main.commandLine();
    registry.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return registry.execute(arguments);
  }
}
