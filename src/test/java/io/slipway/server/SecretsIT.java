package io.slipway.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.slipway.testing.BasicAuthorization;
import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.FreePort;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.PushClient;
import io.slipway.testing.RedisServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No secret that a registry has is in anything that it writes or answers. */
@OneProfile("starts a registry on stores of its own, each with a secret")
class SecretsIT {
  private static final String ADMIN = "admin-password-q7Zk";
  private static final String ANN = "password-of-ann-x3Lw";
  private static final String FILE = "password-in-file-m9Rt";
  private static final String WRONG = "wrong-password-h2Vb";
  private static final String SEAL = "secret-of-tokens-with-32-letters";
  private static final String BUCKET = "key-of-the-bucket-d8Nc";
  private static final String DATABASE = "password-of-database-j5Ys";
  private static final String REDIS = "password-of-redis-w4Gp";
  private static final String ROOT = "/api/v1/access/";

  @TempDir Path folder;

  private final Secrets secrets = new Secrets();

  @Test
  void areNowhere() throws IOException {
    List.of(ADMIN, ANN, FILE, WRONG, SEAL, BUCKET, DATABASE, REDIS).forEach(secrets::add);
    try (FakeS3 s3 = new FakeS3()) {
      Map<String, String> settings = settings(s3);
      try (ChildRegistry registry = ChildRegistry.start(folder.resolve("data"), settings)) {
        use(registry.client());
        List<Said> all = observe(registry, settings);
        all.forEach(said -> assertThat(secrets.in(said.text())).as(said.from()).isEmpty());
        // The same look finds what is there.
        assertThat(all).allMatch(said -> !said.text().isBlank());
        plant(registry, settings);
      }
      refuseToStart(settings);
    }
  }

  /** What was said, and where. */
  private record Said(String from, String text) {}

  private Map<String, String> settings(FakeS3 s3) throws IOException {
    Map<String, String> all = new HashMap<>();
    String[] own = s3.settings("storage.s3.secret_key", BUCKET);
    for (int i = 0; i < own.length; i += 2) {
      all.put(own[i], own[i + 1]);
    }
    PostgresServer postgres = PostgresServer.shared();
    String url = postgres.text(postgres.createDatabase().database());
    all.put("database.url", url.replace("postgres@", "postgres:" + DATABASE + "@"));
    all.put("storage.cache.type", "redis");
    // Redis asks for no password and refuses one, which the log tells.
    String redis = RedisServer.shared().host();
    all.put("storage.cache.redis_url", "redis://:" + REDIS + "@" + redis);
    String hash = BCrypt.withDefaults().hashToString(4, FILE.toCharArray());
    secrets.add(hash);
    Path users = Files.writeString(folder.resolve("htpasswd"), "fay:" + hash + "\n");
    all.putAll(
        Map.of(
            "auth.mode",
            "token",
            "auth.admin.password",
            ADMIN,
            "auth.secret",
            SEAL,
            "auth.bcrypt_cost",
            "4",
            "auth.htpasswd.path",
            users.toString(),
            "audit.file",
            folder.resolve("audit.json").toString(),
            "log.level",
            "debug",
            "http.access_log",
            "true",
            "ops.port",
            Integer.toString(FreePort.find())));
    return all;
  }

  private String basic(String name, String password) {
    secrets.add(BasicAuthorization.encoded(name, password));
    return BasicAuthorization.basic(name, password);
  }

  /** Sends good and bad requests, and looks at every answer that may not have a secret in it. */
  private void use(PushClient client) {
    String admin = basic("admin", ADMIN);
    ask(client, "POST", ROOT + "users", admin, "{\"name\":\"ann\",\"password\":\"" + ANN + "\"}");
    ask(client, "POST", ROOT + "robots", admin, "{\"name\":\"ci\"}");
    String key =
        new JsonObject(text(send(client, "POST", ROOT + "robots/ci/keys", admin, "{}")))
            .getString("key");
    secrets.add(key);
    ask(client, "PUT", ROOT + "policies", admin, policy());
    ask(client, "GET", ROOT + "users", admin, "");
    ask(client, "GET", ROOT + "robots/ci/keys", admin, "");
    for (String good : List.of(admin, basic("ann", ANN), basic("fay", FILE), basic("ci", key))) {
      ask(client, "GET", "/v2/", good, "");
      ask(client, "GET", ROOT + "me", good, "");
      push(client, good);
    }
    tokens(client, basic("ann", ANN));
    refused(client, admin, key);
  }

  private static String policy() {
    return new JsonObject()
        .put("repository", "app")
        .put("user", "*")
        .put("permissions", JsonArray.of("pull", "push"))
        .encode();
  }

  private void push(PushClient client, String authorization) {
    ask(client, "PUT", "/v2/app/manifests/v1", authorization, "{\"schemaVersion\":2}");
    ask(client, "POST", "/v2/app/blobs/uploads/", authorization, "");
    ask(client, "DELETE", "/v2/app/manifests/v1", authorization, "");
  }

  private void tokens(PushClient client, String authorization) {
    String path = "/token?service=slipway&offline_token=true&scope=repository:app:pull,push";
    JsonObject given = new JsonObject(text(send(client, "GET", path, authorization, "")));
    String token = given.getString("token");
    String refresh = given.getString("refresh_token");
    secrets.add(token);
    secrets.add(refresh);
    secrets.add(token.substring(token.lastIndexOf('.') + 1));
    secrets.add(refresh.substring(refresh.lastIndexOf('.') + 1));
    ask(client, "GET", "/v2/app/tags/list", "Bearer " + token, "");
    push(client, "Bearer " + token);
    ask(client, "DELETE", "/v2/app/manifests/v1", "Bearer " + token, "");
    ask(client, "GET", "/v2/other/tags/list", "Bearer " + token, "");
    ask(client, "GET", "/v2/", "Bearer " + refresh, "");
    ask(client, "GET", "/v2/", "Bearer " + token + "x", "");
    ask(client, "GET", "/v2/?access_token=" + token, "", "");
    form(client, "refresh_token", "refresh_token", refresh + "x");
    form(client, "refresh_token", "refresh_token", token);
    form(client, "password", "username", "ann", "password", WRONG);
    form(client, "password", "username", refresh, "password", WRONG);
    form(client, "nonsense", "password", ANN);
  }

  private void refused(PushClient client, String admin, String key) {
    for (int i = 0; i < 8; i++) {
      ask(client, "GET", "/v2/app/tags/list", basic("ann", WRONG), "");
    }
    ask(client, "GET", "/v2/", basic("nobody", WRONG), "");
    ask(client, "GET", "/v2/", basic("ci", key + "x"), "");
    // In the wrong place.
    ask(client, "GET", "/v2/", basic(key, key), "");
    ask(client, "GET", "/v2/", "Bearer " + key, "");
    ask(client, "GET", "/v2/", "Basic " + WRONG, "");
    ask(client, "GET", "/v2/", "Digest " + WRONG, "");
    ask(client, "GET", "/v2/", admin + "=" + WRONG, "");
    ask(client, "GET", "/v2/app/manifests/v1?password=" + WRONG, "", "");
    ask(client, "GET", "/nothing?token=" + WRONG, admin, "");
    String torn = "{\"name\":\"bob\",\"password\":" + WRONG + "}";
    ask(client, "POST", ROOT + "users", admin, torn);
    ask(client, "PUT", ROOT + "users/ann/password", admin, "{\"password\":[\"" + WRONG + "\"]}");
    ask(client, "PUT", ROOT + "users/ann/password", admin, "{\"pasword\":\"" + WRONG + "\"}");
    ask(client, "PUT", ROOT + "users/zoe/password", admin, "{\"password\":\"" + WRONG + "\"}");
    ask(
        client,
        "PUT",
        ROOT + "me/password",
        basic("fay", FILE),
        "{\"old_password\":\"" + WRONG + "\",\"password\":\"" + ANN + "\"}");
  }

  private HttpResponse<byte[]> send(
      PushClient client, String method, String path, String authorization, String body) {
    String[] headers =
        authorization.isEmpty()
            ? new String[] {"Content-Type", "application/json"}
            : new String[] {"Content-Type", "application/json", "Authorization", authorization};
    return client.send(method, path, body.getBytes(UTF_8), headers);
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), UTF_8);
  }

  private void ask(
      PushClient client, String method, String path, String authorization, String body) {
    clean(method + " " + path, send(client, method, path, authorization, body));
  }

  private void form(PushClient client, String type, String... fields) {
    StringBuilder form = new StringBuilder("service=slipway&client_id=test&grant_type=" + type);
    for (int i = 0; i < fields.length; i += 2) {
      form.append('&').append(fields[i]).append('=');
      form.append(URLEncoder.encode(fields[i + 1], UTF_8));
    }
    byte[] body = form.toString().getBytes(UTF_8);
    String header = "application/x-www-form-urlencoded";
    clean("a form", client.send("POST", "/token", body, "Content-Type", header));
  }

  private void clean(String what, HttpResponse<byte[]> answer) {
    assertThat(secrets.in(answer.headers().map() + text(answer))).as(what).isEmpty();
  }

  /** Returns everything that somebody can see of a registry. */
  private List<Said> observe(ChildRegistry registry, Map<String, String> settings)
      throws IOException {
    Path file = folder.resolve("audit.json");
    Eventually.happens(
        "the audit log has what was refused after all others",
        () -> {
          ask(registry.client(), "GET", "/v2/last/tags/list", "", "");
          return read(file).contains("/v2/last/");
        });
    PushClient ops = new PushClient(Integer.parseInt(settings.get("ops.port")));
    String audit = ROOT.replace("access/", "audit?n=1000");
    String admin = basic("admin", ADMIN);
    return List.of(
        new Said("the output", registry.output()),
        new Said("the audit file", read(file)),
        new Said("the audit log", text(send(registry.client(), "GET", audit, admin, ""))),
        new Said("the metrics", text(ops.send("GET", "/metrics"))),
        new Said("the health", text(ops.send("GET", "/readyz"))));
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a registry does write is found: in its access log and in its audit log. */
  private void plant(ChildRegistry registry, Map<String, String> settings) throws IOException {
    String planted = "planted-where-it-is-written";
    secrets.add(planted);
    send(registry.client(), "GET", "/v2/app/manifests/" + planted, basic("eve", WRONG), "");
    Eventually.happens("it is written", () -> read(folder.resolve("audit.json")).contains(planted));
    for (Said said : observe(registry, settings).subList(0, 3)) {
      assertThat(secrets.in(said.text())).as(said.from()).containsExactly(planted);
    }
  }

  /** Starts with what is wrong, and looks at what is said of it. */
  private void refuseToStart(Map<String, String> settings) {
    URI database = URI.create(settings.get("database.url"));
    String tooShort = WRONG.substring(0, 15);
    secrets.add(tooShort);
    String user = "postgresql://nobody:" + WRONG + "@";
    for (Map<String, String> wrong :
        List.of(
            Map.of("auth.secret", tooShort),
            Map.of("database.url", user + "[::1/x"),
            Map.of("database.url", user + database.getHost() + ":" + database.getPort() + "/x"),
            Map.of("database.url", user + "127.0.0.1:" + FreePort.find() + "/x"),
            Map.of("storage.cache.redis_url", "redis://:" + WRONG + "@nowhere:x"),
            Map.of("auth.token.external.jwks", "https://u:" + WRONG + "@127.0.0.1:1/"),
            Map.of("auth.token.external.realm", "https://u:" + WRONG + "@127.0.0.1:1/"),
            Map.of("http.external_url", "https://u:" + WRONG + "@127.0.0.1:1"),
            Map.of("storage.s3.endpoint", "http://u:" + WRONG + "@127.0.0.1:1/"))) {
      Map<String, String> all = new HashMap<>(settings);
      all.putAll(wrong);
      try (ChildRegistry registry = ChildRegistry.launch(folder.resolve("data"), all)) {
        Eventually.happens(
            "it complains of " + wrong.keySet(),
            () -> !registry.isAlive() || registry.output().contains("tried to"));
        registry.kill();
        assertThat(secrets.in(registry.output())).as("with " + wrong.keySet()).isEmpty();
      }
    }
  }
}
