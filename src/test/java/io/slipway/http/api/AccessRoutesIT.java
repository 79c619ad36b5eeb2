package io.slipway.http.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.TestRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Users, robots, keys, groups and policies over HTTP. */
class AccessRoutesIT {
  private static final String PASSWORD = "open sesame";
  private static final String SECRET = "very-secret-word";

  @TempDir private Path data;
  private TestRegistry registry;
  private AccessClient admin;

  @BeforeEach
  void start() {
    registry =
        TestRegistry.start(
            data, "auth.mode", "basic", "auth.admin.password", PASSWORD, "auth.bcrypt_cost", "4");
    admin = AccessClient.of(registry, "admin", PASSWORD);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private AccessClient user(String name, String role) {
    admin.done(
        201,
        "POST",
        "users",
        new JsonObject().put("name", name).put("password", SECRET).put("role", role).encode());
    return AccessClient.of(registry, name, SECRET);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/v1/audit",
    "POST, /_gc",
    "GET, /_gc/runs/x",
    "DELETE, /_gc/runs/x",
    "POST, /_scrub",
    "GET, /_scrub/runs/x",
    "DELETE, /_scrub/runs/x",
    "GET, users",
    "POST, users",
    "GET, users/ann",
    "PUT, users/ann",
    "DELETE, users/ann",
    "PUT, users/ann/role",
    "PUT, users/ann/password",
    "GET, users/ann/keys",
    "POST, users/ann/keys",
    "DELETE, users/ann/keys/x",
    "GET, robots",
    "POST, robots",
    "GET, robots/ann",
    "PUT, robots/ann",
    "DELETE, robots/ann",
    "PUT, robots/ann/role",
    "GET, robots/ann/keys",
    "POST, robots/ann/keys",
    "DELETE, robots/ann/keys/x",
    "GET, groups",
    "POST, groups",
    "GET, groups/ann",
    "PUT, groups/ann",
    "DELETE, groups/ann",
    "GET, policies",
    "POST, policies",
    "PUT, policies",
    "DELETE, policies"
  })
  void areForAdmins(String method, String path) {
    HttpResponse<byte[]> nobody = AccessClient.anonymous(registry).send(method, path, "{}");
    AccessClient.problem(401, nobody);
    assertThat(nobody.headers().firstValue("WWW-Authenticate")).isPresent();
    user("low", "viewer").refused(403, method, path, "{}");
    user("mid", "engineer").refused(403, method, path, "{}");
    assertThat(admin.send(method, path, "{}").statusCode()).isNotIn(401, 403, 405, 500);
  }

  @Test
  void tellsEverybodyWhoTheyAre() {
    AccessClient ann = user("ann", "engineer");
    admin.done(201, "PUT", "groups/devs", "{\"members\":[\"ann\"]}");
    policy("app", "ann", "pull");
    policy("app", "group:devs", "push");
    policy("other", "bob", "pull");
    assertThat(ann.object("me"))
        .isEqualTo(
            new JsonObject(
                """
                {"name":"ann","role":"engineer","groups":["devs"],
                 "permissions":[{"repository":"app","permissions":["pull","push"]}]}
                """));
    assertThat(admin.object("me").getJsonArray("permissions"))
        .isEqualTo(
            new JsonArray(
                "[{\"repository\":\"*\",\"permissions\":[\"pull\",\"push\",\"delete\"]}]"));
    AccessClient.anonymous(registry).refused(401, "GET", "me", "");
  }

  private void policy(String repository, String user, String... permissions) {
    admin.done(201, "POST", "policies", policyText(repository, user, permissions));
  }

  private static String policyText(String repository, String user, String... permissions) {
    return new JsonObject()
        .put("repository", repository)
        .put("user", user)
        .put("permissions", new JsonArray(List.of(permissions)))
        .encode();
  }

  @Test
  void makesChangesAndDeletesUsers() {
    String made =
        admin.done(
            201, "POST", "users", "{\"name\":\"a.b+c@d-e_f\",\"password\":\"" + SECRET + "\"}");
    assertThat(made).doesNotContain(SECRET, "$2a$");
    JsonObject user = admin.object("users/a.b+c@d-e_f");
    assertThat(user).isEqualTo(new JsonObject(made));
    assertThat(user.fieldNames())
        .containsExactlyInAnyOrder(
            "name", "role", "description", "groups", "has_password", "created_at", "expires_at");
    assertThat(user.getString("role")).isEqualTo("viewer");
    assertThat(Instant.parse(user.getString("created_at"))).isAfter(Instant.EPOCH);
    AccessClient them = AccessClient.of(registry, "a.b+c@d-e_f", SECRET);
    assertThat(them.get("me").statusCode()).isEqualTo(200);

    admin.done(204, "PUT", "users/a.b+c@d-e_f/role", "{\"role\":\"engineer\"}");
    assertThat(them.object("me").getString("role")).isEqualTo("engineer");
    admin.done(204, "PUT", "users/a.b+c@d-e_f/password", "{\"password\":\"another\"}");
    assertThat(them.get("me").statusCode()).isEqualTo(401);
    admin.done(200, "PUT", "users/a.b+c@d-e_f", "{\"description\":\"words\"}");
    JsonObject changed = AccessClient.of(registry, "a.b+c@d-e_f", "another").object("me");
    assertThat(changed.getString("role")).isEqualTo("viewer");
    admin.done(204, "DELETE", "users/a.b+c@d-e_f", "");
    assertThat(AccessClient.of(registry, "a.b+c@d-e_f", "another").get("me").statusCode())
        .isEqualTo(401);
    admin.refused(404, "DELETE", "users/a.b+c@d-e_f", "");
  }

  @Test
  void endsAnAccountAtItsTime() {
    admin.done(
        201,
        "PUT",
        "users/ann",
        "{\"password\":\"" + SECRET + "\",\"expires_at\":\"2020-01-01T00:00:00Z\"}");
    assertThat(AccessClient.of(registry, "ann", SECRET).get("me").statusCode()).isEqualTo(401);
    admin.done(200, "PUT", "users/ann", "{\"expires_at\":null}");
    assertThat(AccessClient.of(registry, "ann", SECRET).get("me").statusCode()).isEqualTo(200);
  }

  @Test
  void hasOneNameSpace() {
    user("ann", "viewer");
    admin.refused(409, "POST", "users", "{\"name\":\"ann\"}");
    admin.refused(409, "POST", "robots", "{\"name\":\"ann\"}");
    admin.refused(409, "PUT", "robots/ann", "{}");
    admin.refused(404, "DELETE", "robots/ann", "");
    admin.refused(404, "POST", "robots/ann/keys", "{}");
    assertThat(admin.list("robots")).isEmpty();
  }

  @Test
  void keepsTheLastAdmin() {
    admin.refused(409, "DELETE", "users/admin", "");
    admin.refused(409, "PUT", "users/admin/role", "{\"role\":\"viewer\"}");
    admin.refused(409, "PUT", "users/admin", "{}");
    user("root", "admin");
    admin.done(204, "DELETE", "users/admin", "");
    assertThat(admin.get("me").statusCode()).isEqualTo(401);
  }

  @Test
  void givesRobotsKeysThatAreShownOnce() {
    admin.done(201, "POST", "robots", "{\"name\":\"ci\",\"description\":\"builds\"}");
    assertThat(admin.object("robots/ci").fieldNames()).doesNotContain("has_password");
    JsonObject made = new JsonObject(admin.done(201, "POST", "robots/ci/keys", ""));
    Instant end = Instant.parse(made.getString("expires_at"));
    assertThat(Duration.between(Instant.now(), end))
        .isBetween(Duration.ofDays(89), Duration.ofDays(90));
    AccessClient robot = AccessClient.of(registry, "ci", made.getString("key"));
    assertThat(robot.object("me").getString("name")).isEqualTo("ci");

    String list = admin.list("robots/ci/keys").encode();
    assertThat(list).contains(made.getString("id")).doesNotContain(made.getString("key"));
    assertThat(list).doesNotContain("hash");
    JsonObject forever =
        new JsonObject(admin.done(201, "POST", "robots/ci/keys", "{\"expires_in\":\"never\"}"));
    assertThat(forever.getValue("expires_at")).isNull();
    assertThat(admin.list("robots/ci/keys")).hasSize(2);
    admin.done(204, "DELETE", "robots/ci/keys/" + made.getString("id"), "");
    assertThat(robot.get("me").statusCode()).isEqualTo(401);
    admin.refused(404, "DELETE", "robots/ci/keys/" + made.getString("id"), "");
    admin.refused(400, "PUT", "robots/ci", "{\"password\":\"" + SECRET + "\"}");
  }

  @Test
  void letsAPolicyHoldAtOnce() {
    AccessClient ann = user("ann", "viewer");
    assertThat(ann.get("/v2/team/app/tags/list").statusCode()).isEqualTo(403);
    policy("team/*", "ann", "pull");
    assertThat(ann.get("/v2/team/app/tags/list").statusCode()).isEqualTo(404);
    admin.done(204, "DELETE", "policies?repository=team/*&user=ann", "");
    assertThat(ann.get("/v2/team/app/tags/list").statusCode()).isEqualTo(403);
    assertThat(AccessClient.anonymous(registry).get("/v2/team/app/tags/list").statusCode())
        .isEqualTo(401);
    policy("**", "anonymous", "pull");
    assertThat(AccessClient.anonymous(registry).get("/v2/team/app/tags/list").statusCode())
        .isEqualTo(404);
  }

  @Test
  void writesPoliciesAsTheyWereAskedFor() {
    admin.done(201, "PUT", "policies", policyText("myorg/*", "developer", "delete", "pull"));
    JsonObject policy = admin.object("policies?repository=myorg%2F*&user=developer");
    assertThat(policy.fieldNames())
        .containsExactly("repository", "user", "permissions", "createdAt");
    assertThat(policy.getJsonArray("permissions")).isEqualTo(JsonArray.of("pull", "delete"));
    admin.refused(409, "POST", "policies", policyText("myorg/*", "developer", "push"));
    admin.done(200, "PUT", "policies", policyText("myorg/*", "developer", "push"));
    JsonObject replaced = admin.object("policies?repository=myorg/*&user=developer");
    assertThat(replaced.getJsonArray("permissions")).isEqualTo(JsonArray.of("push"));
    assertThat(replaced.getString("createdAt")).isEqualTo(policy.getString("createdAt"));
    assertThat(admin.list("policies")).isEqualTo(JsonArray.of(replaced));
    admin.refused(404, "DELETE", "policies?repository=myorg/*&user=nobody", "");
    admin.refused(400, "DELETE", "policies?repository=myorg/*", "");
  }

  @Test
  void managesGroups() {
    admin.done(201, "POST", "groups", "{\"name\":\"devs\",\"members\":[\"bob\",\"ann\"]}");
    assertThat(admin.object("groups/devs").getJsonArray("members"))
        .isEqualTo(JsonArray.of("ann", "bob"));
    admin.refused(409, "POST", "groups", "{\"name\":\"devs\",\"members\":[]}");
    admin.done(200, "PUT", "groups/devs", "{\"members\":[]}");
    assertThat(admin.list("groups"))
        .isEqualTo(new JsonArray("[{\"name\":\"devs\",\"members\":[]}]"));
    admin.done(204, "DELETE", "groups/devs", "");
    admin.refused(404, "GET", "groups/devs", "");
    admin.refused(404, "DELETE", "groups/devs", "");
  }

  @Test
  void pages() {
    for (int i = 0; i < 5; i++) {
      policy("app", "u+" + i, "pull");
    }
    String path = AccessClient.ROOT + "policies?n=2";
    StringBuilder seen = new StringBuilder();
    while (!path.isEmpty()) {
      HttpResponse<byte[]> page = admin.get(path);
      new JsonArray(new String(page.body(), UTF_8))
          .forEach(item -> seen.append(((JsonObject) item).getString("user")).append(' '));
      String link = page.headers().firstValue("Link").orElse("<>");
      path = link.substring(1, link.indexOf('>'));
    }
    assertThat(seen).hasToString("u+0 u+1 u+2 u+3 u+4 ");
    admin.refused(400, "GET", "policies?n=1001", "");
    assertThat(admin.list("users?last=admin")).isEmpty();
  }

  @Test
  void changesOnesOwnPasswordByTheOldOne() {
    AccessClient ann = user("ann", "viewer");
    String right = "{\"old_password\":\"" + SECRET + "\",\"password\":\"fresh\"}";
    String wrong = "{\"old_password\":\"wrong\",\"password\":\"fresh\"}";
    ann.refused(403, "PUT", "me/password", wrong);
    ann.done(204, "PUT", "me/password", right);
    assertThat(ann.get("me").statusCode()).isEqualTo(401);
    assertThat(AccessClient.of(registry, "ann", "fresh").get("me").statusCode()).isEqualTo(200);
  }

  @Test
  void slowsDownWhoGuessesAnOldPassword() {
    AccessClient ann = user("ann", "viewer");
    String wrong = "{\"old_password\":\"wrong\",\"password\":\"fresh\"}";
    for (int i = 0; i < 6; i++) {
      ann.refused(403, "PUT", "me/password", wrong);
    }
    HttpResponse<byte[]> slowed = ann.send("PUT", "me/password", wrong);
    AccessClient.problem(429, slowed);
    assertThat(slowed.headers().firstValue("Retry-After")).isPresent();
  }

  @Test
  void takesNoKeyForAPassword() {
    AccessClient ann = user("ann", "viewer");
    String key = new JsonObject(admin.done(201, "POST", "users/ann/keys", "{}")).getString("key");
    ann.refused(403, "PUT", "me/password", "{\"old_password\":\"" + key + "\",\"password\":\"x\"}");
    admin.refused(400, "PUT", "users/ann/password", "{\"password\":\"" + key + "\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-a", "anonymous", "a b", "a:b", "*", "a/b", "ä", "\\u0000", "..", "group:a"})
  void refusesNames(String name) {
    admin.refused(400, "POST", "users", "{\"name\":\"" + name + "\"}");
    admin.refused(400, "POST", "robots", "{\"name\":\"" + name + "\"}");
    admin.refused(400, "POST", "groups", "{\"name\":\"" + name + "\",\"members\":[]}");
  }

  @Test
  void refusesPasswordsThatBcryptCannotTake() {
    String longest = "é".repeat(36);
    admin.done(201, "POST", "users", "{\"name\":\"ann\",\"password\":\"" + longest + "\"}");
    assertThat(AccessClient.of(registry, "ann", longest).get("me").statusCode()).isEqualTo(200);
    String said =
        admin.refused(400, "PUT", "users/ann/password", "{\"password\":\"" + longest + "x\"}");
    assertThat(said).contains("72 bytes").doesNotContain(longest);
    admin.refused(400, "PUT", "users/ann/password", "{\"password\":\"\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"repository\":\"App\",\"user\":\"a\",\"permissions\":[\"pull\"]}",
        "{\"repository\":\"a***\",\"user\":\"a\",\"permissions\":[\"pull\"]}",
        "{\"repository\":\"app\",\"user\":\"a b\",\"permissions\":[\"pull\"]}",
        "{\"repository\":\"app\",\"user\":\"group:\",\"permissions\":[\"pull\"]}",
        "{\"repository\":\"app\",\"user\":\"group:*\",\"permissions\":[\"pull\"]}",
        "{\"repository\":\"app\",\"user\":\"a\",\"permissions\":[\"admin\"]}",
        "{\"repository\":\"app\",\"user\":\"a\",\"permissions\":[]}",
        "{\"repository\":\"app\",\"user\":\"a\",\"permissions\":\"pull\"}",
        "{\"repository\":\"app\",\"user\":\"a\"}",
        "{\"repository\":7,\"user\":\"a\",\"permissions\":[\"pull\"]}"
      })
  void refusesPolicies(String body) {
    admin.refused(400, "POST", "policies", body);
    admin.refused(400, "PUT", "policies", body);
    assertThat(admin.list("policies")).isEmpty();
  }

  @Test
  void refusesBodiesItDoesNotUnderstand() {
    assertThat(admin.refused(400, "POST", "users", "{\"name\":\"a\",\"pasword\":\"x\"}"))
        .contains("\"pasword\"", "did you mean password?");
    String torn = "{\"name\":\"a\",\"password\":" + SECRET + "}";
    assertThat(admin.refused(400, "POST", "users", torn)).doesNotContain(SECRET);
    admin.refused(400, "POST", "users", "[]");
    admin.refused(400, "POST", "users", "{} {}");
    admin.refused(400, "POST", "users", "");
    admin.refused(400, "POST", "users", "{\"name\":\"a\",\"role\":\"root\"}");
    admin.refused(400, "POST", "users", "{\"name\":\"a\",\"expires_at\":\"soon\"}");
    admin.refused(400, "POST", "users", "{\"name\":\"a\",\"description\":\"a\\u0000b\"}");
    String large = "{\"name\":\"" + "a".repeat(JsonBody.LIMIT) + "\"}";
    assertThat(admin.refused(400, "POST", "users", large)).contains("65536");
    HttpResponse<byte[]> form =
        registry.send(
            "POST",
            AccessClient.ROOT + "users",
            "{\"name\":\"a\"}".getBytes(UTF_8),
            "Content-Type",
            "text/plain",
            "Authorization",
            admin.authorization());
    assertThat(AccessClient.problem(400, form)).contains("application/json");
    assertThat(admin.list("users")).hasSize(1);
  }

  @Test
  void knowsTheOwnerOfTheFolder() throws java.io.IOException {
    String key = java.nio.file.Files.readString(data.resolve("owner.key")).strip();
    AccessClient owner = new AccessClient(registry, "Bearer " + key);
    assertThat(owner.object("me").getString("name")).isEqualTo("owner");
    owner.refused(409, "PUT", "me/password", "{\"old_password\":\"a\",\"password\":\"b\"}");
    owner.done(204, "PUT", "users/admin/password", "{\"password\":\"" + SECRET + "\"}");
    assertThat(AccessClient.of(registry, "admin", SECRET).get("me").statusCode()).isEqualTo(200);
  }
}
