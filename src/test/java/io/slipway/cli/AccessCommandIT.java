package io.slipway.cli;

import static io.slipway.testing.BasicAuthorization.basic;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildCommand;
import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.StoredData;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands about access as processes, beside a registry and without one. */
class AccessCommandIT {
  private static final String PASSWORD = "open sesame";
  private static final String SECRET = "very-secret-word";
  private static final Map<String, String> ON =
      Map.of("auth.mode", "basic", "auth.admin.password", PASSWORD, "auth.bcrypt_cost", "4");

  @TempDir Path data;

  private ChildCommand says(String expected, String input, String... arguments) {
    ChildCommand command = ChildCommand.runWith(data, input, arguments);
    assertThat(command).isEqualTo(new ChildCommand(0, expected, ""));
    return command;
  }

  private String fails(String input, String... arguments) {
    ChildCommand command = ChildCommand.runWith(data, input, arguments);
    assertThat(command.code()).as(command.toString()).isEqualTo(1);
    assertThat(command.out()).isEmpty();
    assertThat(command.err()).startsWith("registry: tried to ").contains(" but ");
    return command.err();
  }

  private static int get(ChildRegistry registry, String name, String password, String path) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + registry.port() + path))
            .header("Authorization", basic(name, password))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void asksTheServerOfTheFolderAsItsOwner() {
    try (ChildRegistry registry = ChildRegistry.start(data, ON)) {
      String made = "Made the user ann\n";
      says(made, SECRET + "\n", "user", "add", "ann", "--password-stdin");
      assertThat(get(registry, "ann", SECRET, "/v2/")).isEqualTo(200);
      assertThat(get(registry, "ann", SECRET, "/v2/app/tags/list")).isEqualTo(403);
      says("Set the members of devs\n", "", "group", "set", "devs", "ann", "bob");
      says(
          "Set the policy of group:devs in app\n",
          "",
          "policy",
          "set",
          "app",
          "group:devs",
          "pull,push");
      assertThat(get(registry, "ann", SECRET, "/v2/app/tags/list")).isEqualTo(404);
      says("Made ann engineer\n", "", "user", "role", "ann", "engineer");
      says("Set the password of ann\n", "new\n", "user", "password", "ann", "--password-stdin");
      assertThat(get(registry, "ann", SECRET, "/v2/")).isEqualTo(401);
      assertThat(get(registry, "ann", "new", "/v2/")).isEqualTo(200);
      says(
          """
          NAME   ROLE      GROUPS  HAS PASSWORD  EXPIRES AT  DESCRIPTION
          admin  admin     -       yes           -           made at the first start
          ann    engineer  devs    yes           -           -
          """,
          "",
          "user",
          "list");
      says("Would delete 0 unreferenced blobs (0 B)\n", "", "gc", "--dry-run");
      says(
          "Deleted the policy of group:devs in app\n", "", "policy", "remove", "app", "group:devs");
      says("Deleted the group devs\n", "", "group", "remove", "devs");
      says("Deleted the user ann\n", "", "user", "remove", "ann");
      assertThat(get(registry, "ann", "new", "/v2/")).isEqualTo(401);
      assertThat(fails("", "user", "remove", "ann")).contains("404");
      assertThat(fails("", "user", "remove", "admin")).contains("last admin");
      assertThat(registry.stop()).isZero();
      assertThat(registry.output()).doesNotContain(SECRET, PASSWORD);
    }
  }

  @Test
  void worksOnTheDatabaseWithoutAServer() {
    try (ChildRegistry registry = ChildRegistry.start(data, Map.of())) {
      assertThat(registry.stop()).isZero();
    }
    String[] add = {"user", "add", "root", "--role", "admin", "--password-stdin"};
    says("Made the user root\n", SECRET + "\n", add);
    assertThat(fails(SECRET + "\n", add)).contains("there already");
    ChildCommand robot = ChildCommand.run(data, "robot", "add", "ci", "--json");
    assertThat(robot.code()).as(robot.err()).isZero();
    JsonObject key = new JsonObject(robot.out()).getJsonObject("key");
    says("Set the policy of ci in **\n", "", "policy", "set", "**", "ci", "pull");
    ChildCommand policies = ChildCommand.run(data, "policy", "list", "--json");
    assertThat(new JsonArray(policies.out()).getJsonObject(0).getString("user")).isEqualTo("ci");
    try (ChildRegistry registry = ChildRegistry.start(data, Map.of("auth.mode", "basic"))) {
      assertThat(get(registry, "root", SECRET, "/api/v1/access/users")).isEqualTo(200);
      assertThat(get(registry, "ci", key.getString("key"), "/v2/app/tags/list")).isEqualTo(404);
      says(
          "Revoked the key " + key.getString("id") + " of ci\n",
          "",
          "robot",
          "key",
          "ci",
          "--revoke",
          key.getString("id"));
      assertThat(get(registry, "ci", key.getString("key"), "/v2/app/tags/list")).isEqualTo(401);
      ChildCommand fresh = ChildCommand.run(data, "robot", "key", "ci", "--expires", "never");
      assertThat(get(registry, "ci", fresh.out().strip(), "/v2/app/tags/list")).isEqualTo(404);
      ChildCommand keys = ChildCommand.run(data, "robot", "key", "ci", "--list");
      assertThat(keys.out().lines()).hasSize(2);
      assertThat(keys.out()).doesNotContain(fresh.out().strip());
    }
  }

  @Test
  void signsInToAServerThatIsNamed() {
    try (ChildRegistry registry = ChildRegistry.start(data, ON)) {
      String url = "http://127.0.0.1:" + registry.port() + "/";
      String[] named = {"--server", url, "--username", "admin", "--password-stdin"};
      says(
          "Made the user ann\n",
          PASSWORD + "\n" + SECRET + "\n",
          with(named, "user", "add", "ann"));
      says(
          "Would delete 0 unreferenced blobs (0 B)\n",
          PASSWORD + "\n",
          with(named, "gc", "--dry-run"));
      String wrong = fails("wrong\n", with(named, "user", "list"));
      assertThat(wrong).contains("it answered 401").doesNotContain("wrong\n");
      assertThat(fails("", with(named, "user", "list"))).contains("no more lines");
      String[] low = {"--server", url, "--username", "ann", "--password-stdin"};
      assertThat(fails(SECRET + "\n", with(low, "user", "list"))).contains("it answered 403");
      assertThat(fails("", "user", "list", "--server", url)).contains("it answered 401");
      assertThat(fails("", "gc", "--dry-run", "--server", url)).contains("it answered 401");
      String nobody = "http://127.0.0.1:1";
      assertThat(fails("", "user", "list", "--server", nobody)).contains("Connection refused");
    }
  }

  private static String[] with(String[] some, String... more) {
    String[] all = new String[some.length + more.length];
    System.arraycopy(more, 0, all, 0, more.length);
    System.arraycopy(some, 0, all, more.length, some.length);
    return all;
  }

  @Test
  void saysWhoDidWhat() {
    String denied = "denied";
    try (ChildRegistry registry = ChildRegistry.start(data, ON)) {
      says("Made the user ann\n", SECRET + "\n", "user", "add", "ann", "--password-stdin");
      assertThat(get(registry, "ann", SECRET, "/v2/team/app/tags/list")).isEqualTo(403);
      Eventually.happens(
          "the refusal is written",
          () -> !audit("--outcome", denied, "--repository", "team/app").isEmpty());
      String url = "http://127.0.0.1:" + registry.port() + "/";
      String[] named = {"--server", url, "--username", "admin", "--password-stdin"};
      ChildCommand table =
          ChildCommand.runWith(
              data, PASSWORD + "\n", with(named, "audit", "--outcome", denied, "-n", "1"));
      assertThat(table.out().lines().toList())
          .hasSize(2)
          .first()
          .asString()
          .startsWith("TIME ")
          .contains("OUTCOME", "ACTOR", "ADDRESS", "ACTION", "REPOSITORY", "SUBJECT", "TIMES");
      assertThat(table.out()).contains("denied   ann").contains("pull", "team/app");
      String[] low = {"--server", url, "--username", "ann", "--password-stdin"};
      assertThat(fails(SECRET + "\n", with(low, "audit"))).contains("it answered 403");
      assertThat(fails("", "audit", "--outcome", "x")).contains("outcome");
      assertThat(registry.stop()).isZero();
    }
    assertThat(audit("--actor", "ann").getJsonObject(0).getString("outcome")).isEqualTo(denied);
    StoredData.of(data)
        .update(
            """
            INSERT INTO audit
              (event, happened_at, actor, address, action, outcome, subject, times)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 7000)
            SELECT 'n' || i, i, 'many', '', CASE WHEN i = 1 THEN 'rare' ELSE 'x' END, 'done',
              'number ' || i, 1 FROM n
            """);
    assertThat(audit("--actor", "many", "--limit", "150"))
        .hasSize(150)
        .last()
        .isEqualTo(audit("--actor", "many", "--until", "1970-01-01T00:00:06.852Z").getValue(0));
    assertThat(audit("--actor", "many", "--action", "rare")).hasSize(1);
    assertThat(fails("", "audit", "--since", "yesterday")).contains("2030-01-31T12:00:00Z");
    assertThat(ChildCommand.run(data, "audit", "-n", "0").code()).isEqualTo(2);
  }

  private JsonArray audit(String... filters) {
    ChildCommand listed = ChildCommand.run(data, with(filters, "audit", "--json"));
    assertThat(listed.code()).as(listed.err()).isZero();
    return new JsonArray(listed.out());
  }

  @Test
  void wantsAPasswordThatNobodySees() {
    try (ChildRegistry registry = ChildRegistry.start(data, ON)) {
      assertThat(fails("", "user", "add", "ann")).contains("--password-stdin");
      says("Made the user ann\n", "", "user", "add", "ann", "--no-password");
      assertThat(get(registry, "ann", "", "/v2/")).isEqualTo(401);
      assertThat(fails("", "user", "remove", "a/../admin")).contains("no name");
      ChildCommand usage = ChildCommand.run(data, "user", "list", "--username", "ann");
      assertThat(usage.code()).isEqualTo(2);
      assertThat(usage.err()).contains("go with --server");
      assertThat(ChildCommand.run(data, "user").code()).isEqualTo(2);
    }
  }
}
