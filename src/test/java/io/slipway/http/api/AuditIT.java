package io.slipway.http.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who did what, and who was refused, over HTTP. */
class AuditIT {
  private static final String AUDIT = "/api/v1/audit";
  private static final String PASSWORD = "open sesame";

  @TempDir Path data;
  private TestRegistry registry;
  private AccessClient admin;

  @BeforeEach
  void start() {
    registry =
        TestRegistry.start(
            data.resolve("registry"),
            "auth.mode",
            "token",
            "auth.admin.password",
            PASSWORD,
            "auth.bcrypt_cost",
            "4",
            "uploads.max_open",
            "1",
            "audit.file",
            data.resolve("audit.json").toString());
    admin = AccessClient.of(registry, "admin", PASSWORD);
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private List<JsonObject> find(String query) {
    return admin.list(AUDIT + "?" + query).stream().map(JsonObject.class::cast).toList();
  }

  /** Waits until there is an entry, and returns the newest. */
  private JsonObject await(String query) {
    Eventually.happens("an entry of " + query, () -> !find(query).isEmpty());
    return find(query).getFirst();
  }

  @Test
  void tellsWhoChangedWhat() {
    admin.done(201, "POST", "users", "{\"name\":\"ann\",\"role\":\"engineer\"}");
    JsonObject made = await("action=user.created&actor=admin");
    assertThat(made.getString("subject")).isEqualTo("ann engineer");
    assertThat(made.getString("address")).isEqualTo("127.0.0.1");
    assertThat(made.getString("outcome")).isEqualTo("done");
    assertThat(await("action=user.created&actor=first%20start").getString("subject"))
        .isEqualTo("admin admin");
    admin.done(204, "PUT", "users/ann/role", "{\"role\":\"admin\"}");
    assertThat(await("action=user.updated").getString("subject")).isEqualTo("ann admin");

    byte[] manifest = "{\"schemaVersion\":2,\"manifests\":[]}".getBytes(UTF_8);
    HttpResponse<byte[]> pushed =
        registry.send(
            "PUT",
            "/v2/team/app/manifests/v1",
            manifest,
            "Content-Type",
            "application/vnd.oci.image.index.v1+json",
            "Authorization",
            admin.authorization());
    assertThat(pushed.statusCode()).isEqualTo(201);
    JsonObject tag = await("repository=team/app&action=tag.moved");
    String digest = pushed.headers().firstValue("Docker-Content-Digest").orElseThrow();
    assertThat(tag.getString("digest")).isEqualTo(digest);
    assertThat(tag.getString("subject")).isEqualTo("v1");
    assertThat(tag.getString("actor")).isEqualTo("admin");
    assertThat(await("digest=" + digest + "&action=manifest.pushed").getString("repository"))
        .isEqualTo("team/app");
    Eventually.happens("the file has it", () -> lines().contains(tag.getString("event")));
  }

  private String lines() {
    try {
      return Files.readString(data.resolve("audit.json"));
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void tellsWhoWasRefused() {
    registry.send("GET", "/v2/team/app/manifests/v1?secret=in-the-query");
    JsonObject nobody = await("outcome=unauthenticated&repository=team/app");
    assertThat(nobody.getString("actor")).isEqualTo("anonymous");
    assertThat(nobody.getString("action")).isEqualTo("pull");
    assertThat(nobody.getString("subject")).isEqualTo("GET /v2/team/app/manifests/v1");

    AccessClient.of(registry, "eve", "guess").send("PUT", "/v2/team/app/manifests/v1", "{}");
    JsonObject guess = await("outcome=login_failed&actor=eve");
    assertThat(guess.getString("action")).isEqualTo("push");
    assertThat(guess.getLong("times")).isEqualTo(1);

    admin.done(201, "POST", "users", "{\"name\":\"ann\",\"password\":\"" + PASSWORD + "\"}");
    AccessClient ann = AccessClient.of(registry, "ann", PASSWORD);
    String digest = "sha256:" + "ab".repeat(32);
    ann.send("DELETE", "/v2/team/app/manifests/" + digest, "");
    JsonObject denied = await("outcome=denied&actor=ann&digest=" + digest);
    assertThat(denied.getString("action")).isEqualTo("delete");
    for (int i = 0; i < 8; i++) {
      AccessClient.of(registry, "ann", "guess").get("/v2/");
    }
    assertThat(await("outcome=limited&actor=ann").getString("subject")).isEqualTo("GET /v2/");
    ann.send("PUT", "me/password", "{\"old_password\":\"x\",\"password\":\"y\"}");
    await("actor=ann&outcome=denied&action=request");

    new AccessClient(registry, "Bearer not.a.token").get("/v2/");
    await("outcome=login_failed&actor=");
    form("username=mallory&password=x&grant_type=password");
    await("outcome=login_failed&actor=mallory");
    assertThat(find("actor=mallory").getFirst().getString("subject")).isEqualTo("POST /token");
    assertThat(find("").toString()).doesNotContain("in-the-query", "guess", "not.a.token");
  }

  @Test
  void tellsWhoseTokenOpenedTooManyUploads() {
    String token =
        admin
            .object("/token?service=slipway&client_id=test&scope=repository:team/app:pull,push")
            .getString("token");
    AccessClient pusher = new AccessClient(registry, "Bearer " + token);
    String uploads = "/v2/team/app/blobs/uploads/";
    assertThat(pusher.send("POST", uploads, "").statusCode()).isEqualTo(202);
    assertThat(pusher.send("POST", uploads, "").statusCode()).isEqualTo(429);
    JsonObject limited = await("outcome=limited");
    assertThat(limited.getString("actor")).isEqualTo("admin");
    assertThat(limited.getString("subject")).isEqualTo("POST " + uploads);
  }

  /** Or whoever guesses would leave no trace by never waiting to be told. */
  @Test
  void tellsOfWhoLeavesBeforeTheAnswer() throws TimeoutException {
    Vertx vertx = Vertx.vertx();
    try (TestRegistry slow =
        TestRegistry.start(
            data.resolve("slow"),
            "auth.mode",
            "basic",
            "auth.admin.password",
            PASSWORD,
            "auth.bcrypt_cost",
            "12")) {
      HttpClient client =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false));
      leave(client, slow, AccessClient.of(slow, "eve", "guess").authorization());
      admin = AccessClient.of(slow, "admin", PASSWORD);
      JsonObject guess = await("outcome=login_failed&actor=eve");
      assertThat(guess.getString("subject")).isEqualTo("PUT /v2/team/app/manifests/v1");
      admin.done(201, "POST", "users", "{\"name\":\"ann\",\"password\":\"right\"}");
      leave(client, slow, AccessClient.of(slow, "ann", "right").authorization());
      assertThat(await("outcome=denied&actor=ann").getString("repository")).isEqualTo("team/app");
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  /** The server reads the end of the stream behind the request, while it compares the password. */
  private static void leave(HttpClient client, TestRegistry registry, String authorization)
      throws TimeoutException {
    client
        .request(HttpMethod.PUT, registry.port(), "localhost", "/v2/team/app/manifests/v1")
        .compose(
            request ->
                request
                    .putHeader("Authorization", authorization)
                    .setChunked(true)
                    .sendHead()
                    .onSuccess(ignored -> request.reset(8)))
        .await(10, TimeUnit.SECONDS);
  }

  private void form(String fields) {
    registry.send(
        "POST",
        "/token",
        (fields + "&service=slipway&client_id=test").getBytes(UTF_8),
        "Content-Type",
        "application/x-www-form-urlencoded");
  }

  @Test
  void tellsOfPagesOfOtherSites() {
    registry.send("GET", "/v2/", "Origin", "https://evil.example");
    assertThat(await("outcome=denied").getString("subject")).isEqualTo("GET /v2/");
  }

  @Test
  void believesNobodyWhereTheyComeFrom() {
    registry.send(
        "GET",
        "/v2/forged/manifests/v1",
        "X-Forwarded-For",
        "203.0.113.66",
        "Forwarded",
        "for=203.0.113.66");
    assertThat(await("repository=forged").getString("address")).isEqualTo("127.0.0.1");
    assertThat(find("").toString()).doesNotContain("203.0.113.66");
  }

  @Test
  void showsNamesThatAreMeantToDoHarm() {
    String evil = "\u001b[2J\r\n{\"forged\"}\u202e\u0000" + "x".repeat(5000);
    AccessClient.of(registry, evil, "guess").get("/v2/");
    String turned = "\u202e{\"forged\"}" + "x".repeat(5000);
    AccessClient.of(registry, turned, "guess").get("/v2/");
    form("grant_type=password&password=x&username=" + URLEncoder.encode("a\nb", UTF_8));
    AccessClient.of(registry, "slw_0123456789ab_secretsecret", "guess").get("/v2/");
    AccessClient.of(registry, "eyJhbGciOiJFUzI1NiJ9.x.y", "guess").get("/v2/");
    Eventually.happens(
        "all of them",
        () ->
            find("outcome=login_failed").stream().mapToLong(entry -> entry.getLong("times")).sum()
                == 5);
    List<String> names =
        find("outcome=login_failed").stream().map(entry -> entry.getString("actor")).toList();
    assertThat(names).contains("a\\u{a}b").allMatch(name -> name.length() <= 512);
    assertThat(names).contains("(a key or token)");
    assertThat(names).anyMatch(name -> name.startsWith("\\u{1b}[2J\\u{d}\\u{a}{\"forged\""));
    assertThat(names).anyMatch(name -> name.startsWith("\\u{202e}{\"forged\""));
    Eventually.happens("lines", () -> lines().contains("forged"));
    assertThat(lines().lines()).allMatch(line -> new JsonObject(line).containsKey("actor"));
    assertThat(lines()).doesNotContain("\u001b", "\u202e", "secretsecret", "ES256");
  }

  @Test
  void pagesWithFilters() {
    for (int i = 0; i < 7; i++) {
      admin.done(201, "POST", "users", "{\"name\":\"u+" + i + "\"}");
    }
    Eventually.happens("all", () -> find("action=user.created&actor=admin").size() == 7);
    List<String> seen = new ArrayList<>();
    String path = AUDIT + "?action=user.created&actor=admin&n=2&until=2100-01-01T00:00:00Z";
    while (!path.isEmpty()) {
      HttpResponse<byte[]> page = admin.get(path);
      new JsonArray(new String(page.body(), UTF_8))
          .forEach(item -> seen.add(((JsonObject) item).getString("subject")));
      String link = page.headers().firstValue("Link").orElse("<>");
      path = link.substring(1, link.indexOf('>'));
    }
    assertThat(seen)
        .containsExactlyInAnyOrder(
            "u+0 viewer",
            "u+1 viewer",
            "u+2 viewer",
            "u+3 viewer",
            "u+4 viewer",
            "u+5 viewer",
            "u+6 viewer");
    assertThat(find("since=2100-01-01T00:00:00Z")).isEmpty();
    assertThat(find("until=2000-01-01T00:00:00Z")).isEmpty();
    assertThat(find("n=0")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "outcome=x",
        "repository=A",
        "digest=x",
        "since=yesterday",
        "until=+999999999-01-01T00:00:00Z",
        "since=1960-01-01T00:00:00Z",
        "last=x",
        "last=1-9999999999999999999",
        "n=1001",
        "n=x"
      })
  void refusesWhatItDoesNotUnderstand(String query) {
    admin.refused(400, "GET", AUDIT + "?" + query, "");
  }

  @ParameterizedTest
  @CsvSource({"viewer, 403", "engineer, 403", "admin, 200"})
  void isForAdmins(String role, int status) {
    admin.done(
        201,
        "POST",
        "users",
        "{\"name\":\"ann\",\"password\":\"" + PASSWORD + "\",\"role\":\"" + role + "\"}");
    assertThat(AccessClient.of(registry, "ann", PASSWORD).get(AUDIT).statusCode())
        .isEqualTo(status);
    assertThat(AccessClient.anonymous(registry).get(AUDIT).statusCode()).isEqualTo(401);
  }

  @Test
  void outlivesAStop() {
    registry.send("GET", "/v2/late/manifests/v1");
    admin.done(201, "POST", "users", "{\"name\":\"late\"}");
    registry.restart();
    assertThat(await("repository=late").getString("outcome")).isEqualTo("unauthenticated");
    await("action=user.created&actor=admin");
  }
}
