package io.slipway.http.api;

import static io.slipway.testing.BasicAuthorization.basic;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.slipway.oci.Digest;
import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The token flow as a client sees it, over raw HTTP. */
class TokenIT {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String DEV = basic("dev", "right");
  private static final byte[] BLOB = PushClient.bytes(7, 100);

  @TempDir Path folder;
  private TestRegistry registry;
  private StoredData data;

  @BeforeEach
  void start() {
    registry =
        TestRegistry.start(
            folder,
            "auth.mode",
            "token",
            "auth.admin.password",
            "of the admin",
            "auth.bcrypt_cost",
            "4");
    data = StoredData.of(folder);
    account("dev", "right");
    change(
        "INSERT INTO policy (repository, subject, permissions, created_at)"
            + " VALUES ('org/*', 'dev', 'pull,push', 0)");
    change(
        "INSERT INTO policy (repository, subject, permissions, created_at)"
            + " VALUES ('public/*', 'anonymous', 'pull', 0)");
    Eventually.happens(
        "the rules are known",
        () ->
            registry.send("GET", "/v2/org/x/tags/list", "Authorization", DEV).statusCode() == 404
                && scope("", "repository:public/x:pull").startsWith("repository:"));
  }

  @AfterEach
  void stop() {
    registry.close();
    data.requireAgreement();
  }

  private void account(String name, String password) {
    String hash = BCrypt.withDefaults().hashToString(4, password.toCharArray());
    change(
        "INSERT INTO account"
            + " (name, kind, role, password, version, description, created_at, expires_at)"
            + " SELECT '%s', 'user', 'viewer', '%s', version + 1, '', 0, NULL FROM setting"
                .formatted(name, hash)
            + " WHERE name = 'access'");
  }

  /** Changes the rules as another node would. */
  private void change(String sql) {
    data.update(sql);
    data.update("UPDATE setting SET version = version + 1 WHERE name = 'access'");
  }

  private static String query(String... scopes) {
    return "/token?service=slipway&client_id=test"
        + java.util.Arrays.stream(scopes)
            .map(scope -> "&scope=" + URLEncoder.encode(scope, UTF_8))
            .collect(Collectors.joining());
  }

  private static JsonObject json(HttpResponse<byte[]> answer) {
    return new JsonObject(new String(answer.body(), UTF_8));
  }

  private HttpResponse<byte[]> ask(String authorization, String... scopes) {
    return authorization.isEmpty()
        ? registry.send("GET", query(scopes))
        : registry.send("GET", query(scopes), "Authorization", authorization);
  }

  private String token(String authorization, String... scopes) {
    HttpResponse<byte[]> answer = ask(authorization, scopes);
    assertThat(answer.statusCode()).isEqualTo(200);
    return "Bearer " + json(answer).getString("token");
  }

  /** Returns what a token is for. */
  private String scope(String authorization, String scope) {
    JsonObject claims = claims(token(authorization, scope));
    return claims.getJsonArray("access").stream()
        .map(JsonObject.class::cast)
        .map(entry -> entry.getString("type") + ":" + entry.getString("name"))
        .collect(Collectors.joining(" "));
  }

  private static JsonObject claims(String token) {
    return new JsonObject(
        new String(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), UTF_8));
  }

  private HttpResponse<byte[]> post(Map<String, String> form) {
    return registry.send("POST", "/token", form(form).getBytes(UTF_8), "Content-Type", FORM);
  }

  private static String form(Map<String, String> form) {
    return form.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }

  private int status(String method, String path, String token) {
    return registry.send(method, path, "Authorization", token).statusCode();
  }

  private HttpResponse<byte[]> push(String repository, String token) {
    Digest digest = PushClient.digest(BLOB);
    return registry.send(
        "POST",
        "/v2/" + repository + "/blobs/uploads/?digest=" + digest.text(),
        BLOB,
        "Authorization",
        token,
        "Content-Type",
        "application/octet-stream");
  }

  private static String challenge(HttpResponse<?> answer) {
    return answer.headers().firstValue("WWW-Authenticate").orElse("");
  }

  @Test
  void leadsFromTheChallengeToThePull() {
    HttpResponse<byte[]> first = registry.send("GET", "/v2/");
    assertThat(first.statusCode()).isEqualTo(401);
    assertThat(challenge(first))
        .isEqualTo("Bearer realm=\"" + registry.uri("/token") + "\",service=\"slipway\"");
    assertThat(challenge(registry.send("GET", "/v2/org/app/manifests/1")))
        .contains("scope=\"repository:org/app:pull\"");
    String token = token(DEV, "repository:org/app:pull,push");
    assertThat(status("GET", "/v2/", token)).isEqualTo(200);
    assertThat(push("org/app", token).statusCode()).isEqualTo(201);
    byte[] manifest = PushClient.manifest(BLOB);
    assertThat(
            registry
                .send(
                    "PUT",
                    "/v2/org/app/manifests/1",
                    manifest,
                    "Authorization",
                    token,
                    "Content-Type",
                    PushClient.MANIFEST_TYPE)
                .statusCode())
        .isEqualTo(201);
    assertThat(registry.send("GET", "/v2/org/app/manifests/1", "Authorization", token).body())
        .isEqualTo(manifest);
    // A name and a password do as well.
    assertThat(status("GET", "/v2/org/app/manifests/1", DEV)).isEqualTo(200);
  }

  @Test
  void answersAsTheSpecificationSays() {
    HttpResponse<byte[]> answer =
        registry.send(
            "GET",
            query(
                    "repository:org/app:pull,delete repository(plugin):other:pull",
                    "registry:catalog:*")
                + "&account=dev&offline_token=true",
            "Authorization",
            DEV);
    JsonObject body = json(answer);
    assertThat(body.fieldNames())
        .containsExactlyInAnyOrder(
            "token", "access_token", "expires_in", "issued_at", "refresh_token");
    assertThat(body.getString("access_token")).isEqualTo(body.getString("token"));
    assertThat(body.getInteger("expires_in")).isEqualTo(300);
    assertThat(body.getInstant("issued_at")).isNotNull();
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(claims(body.getString("token")).getJsonArray("access").encode())
        .contains("org/app", "\"pull\"", "catalog")
        .doesNotContain("delete", "other");
  }

  @Test
  void keepsATokenToItsScope() {
    String pull = token(DEV, "repository:org/a:pull");
    String both = token(DEV, "repository:org/a:pull,push");
    assertThat(push("org/a", both).statusCode()).isEqualTo(201);
    HttpResponse<byte[]> escalated = push("org/a", pull);
    assertThat(escalated.statusCode()).isEqualTo(401);
    assertThat(challenge(escalated))
        .contains("error=\"insufficient_scope\"", "scope=\"repository:org/a:pull,push\"");
    HttpResponse<byte[]> elsewhere = push("org/b", both);
    assertThat(elsewhere.statusCode()).isEqualTo(401);
    assertThat(challenge(elsewhere)).contains("insufficient_scope", "repository:org/b:pull,push");
    assertThat(status("GET", "/v2/org/b/tags/list", both)).isEqualTo(401);
    assertThat(status("GET", "/v2/_catalog", both)).isEqualTo(401);
    assertThat(status("GET", "/v2/org/../org/b/tags/list", both)).isNotEqualTo(200);
    String admin = token(basic("admin", "of the admin"), "repository:org/a:*");
    assertThat(status("DELETE", "/v2/org/a/manifests/none", admin)).isEqualTo(404);
    assertThat(status("POST", "/_gc?dryRun=true", admin)).as("what needs a role").isEqualTo(401);
  }

  @Test
  void mountsFromWhereItsHolderMayPull() {
    assertThat(push("org/a", token(DEV, "repository:org/a:pull,push")).statusCode()).isEqualTo(201);
    String mount = "/v2/org/c/blobs/uploads/?mount=" + PushClient.digest(BLOB).text() + "&from=";
    String target = token(DEV, "repository:org/c:pull,push");
    HttpResponse<byte[]> lacking = registry.send("POST", mount + "org/a", "Authorization", target);
    assertThat(lacking.statusCode()).isEqualTo(401);
    assertThat(challenge(lacking))
        .contains("scope=\"repository:org/c:pull,push repository:org/a:pull\"");
    String both = token(DEV, "repository:org/c:pull,push repository:org/a:pull");
    assertThat(status("POST", mount + "org/a", both)).isEqualTo(201);
  }

  /** Whether it has the blob or not: the answer to a push that begins. */
  @Test
  void doesNotTellWhatIsWhereItsHolderMayNotPull() {
    String admin = token(basic("admin", "of the admin"), "repository:secret/a:*");
    assertThat(push("secret/a", admin).statusCode()).isEqualTo(201);
    String mount = "/v2/org/c/blobs/uploads/?mount=" + PushClient.digest(BLOB).text() + "&from=";
    String target = token(DEV, "repository:org/c:pull,push", "repository:secret/a:pull");
    assertThat(status("POST", mount + "secret/a", target)).isEqualTo(202);
    assertThat(status("POST", mount + "secret/none", target)).isEqualTo(202);
  }

  @Test
  void stopsWithThePolicy() {
    assertStops("DELETE FROM policy WHERE subject = 'dev'");
  }

  @Test
  void stopsWithThePassword() {
    String refresh = refreshToken();
    assertStops("UPDATE account SET version = version + 100 WHERE name = 'dev'");
    assertThat(refresh(refresh).statusCode()).isEqualTo(401);
  }

  @Test
  void stopsWithTheAccount() {
    String refresh = refreshToken();
    assertStops("DELETE FROM account WHERE name = 'dev'");
    assertThat(refresh(refresh).statusCode()).isEqualTo(401);
  }

  private void assertStops(String sql) {
    String token = token(DEV, "repository:org/app:pull");
    assertThat(status("GET", "/v2/org/app/tags/list", token)).isEqualTo(404);
    change(sql);
    Eventually.happens(
        "the token stops", () -> status("GET", "/v2/org/app/tags/list", token) == 401);
  }

  private String refreshToken() {
    HttpResponse<byte[]> answer =
        post(
            Map.of(
                "grant_type", "password",
                "service", "slipway",
                "client_id", "test",
                "access_type", "offline",
                "username", "dev",
                "password", "right"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(json(answer).fieldNames())
        .containsExactlyInAnyOrder(
            "access_token", "scope", "expires_in", "issued_at", "refresh_token");
    return json(answer).getString("refresh_token");
  }

  private HttpResponse<byte[]> refresh(String token) {
    return post(
        Map.of(
            "grant_type", "refresh_token",
            "service", "slipway",
            "client_id", "test",
            "refresh_token", token,
            "scope", "repository:org/app:pull,delete repository:other:pull"));
  }

  @Test
  void refreshes() {
    String token = refreshToken();
    HttpResponse<byte[]> answer = refresh(token);
    assertThat(json(answer).getString("scope")).isEqualTo("repository:org/app:pull");
    assertThat(json(answer).getString("refresh_token")).isEqualTo(token);
    String access = json(answer).getString("access_token");
    assertThat(status("GET", "/v2/org/app/tags/list", "Bearer " + access)).isEqualTo(404);
    assertThat(status("GET", "/v2/", "Bearer " + token)).as("as an access token").isEqualTo(401);
    assertThat(refresh(access).statusCode()).as("an access token").isEqualTo(401);
    assertThat(status("GET", query(), "Bearer " + access)).as("a token for one").isEqualTo(401);
  }

  @Test
  void letsEverybodyPullWhatIsPublic() {
    String admin = basic("admin", "of the admin");
    assertThat(push("public/app", token(admin, "repository:public/app:pull,push")).statusCode())
        .isEqualTo(201);
    String blob = "/v2/public/app/blobs/" + PushClient.digest(BLOB).text();
    String anonymous = token("", "repository:public/app:pull,push");
    assertThat(status("GET", blob, anonymous)).isEqualTo(200);
    assertThat(push("public/app", anonymous).statusCode()).isEqualTo(401);
    assertThat(claims(anonymous).getString("sub")).isEmpty();
    assertThat(status("GET", "/v2/", anonymous)).isEqualTo(401);
  }

  @Test
  void keepsItsKeys() throws Exception {
    String token = token(DEV, "repository:org/app:pull");
    String keys = new String(registry.send("GET", "/token/jwks").body(), UTF_8);
    assertThat(new JsonObject(keys).getJsonArray("keys")).hasSize(1);
    assertThat(keys).doesNotContain("\"d\"");
    registry.restart();
    assertThat(status("GET", "/v2/org/app/tags/list", token)).isEqualTo(404);
    assertThat(new String(registry.send("GET", "/.well-known/jwks.json").body(), UTF_8))
        .isEqualTo(keys);
    assertThat(Files.getPosixFilePermissions(folder.resolve("token.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(data.query("SELECT private_key FROM token_key").getFirst())
        .doesNotContain("{", Files.readString(folder.resolve("token.key")).strip());
  }
}
