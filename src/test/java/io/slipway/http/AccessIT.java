package io.slipway.http;

import static io.slipway.testing.BasicAuthorization.basic;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.RawConnection;
import io.slipway.testing.TestRegistry;
import io.slipway.testing.WireConnection;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a registry with authentication lets whom do. */
class AccessIT {
  private static final String PASSWORD = "open sesame";

  /** SHA-256 of {@code abc}. */
  private static final String DIGEST =
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @TempDir private Path data;
  private TestRegistry registry;

  @BeforeEach
  void start() {
    registry =
        TestRegistry.start(
            data,
            "auth.mode",
            "basic",
            "auth.admin.password",
            PASSWORD,
            "auth.bcrypt_cost",
            "4",
            "auth.signed_in",
            "");
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private HttpResponse<byte[]> as(String credentials, String method, String path) {
    return credentials.isEmpty()
        ? registry.send(method, path)
        : registry.send(method, path, "Authorization", credentials);
  }

  private HttpResponse<byte[]> admin(String method, String path) {
    return as(basic("admin", PASSWORD), method, path);
  }

  /** While a password is compared, nothing is read; a body that nobody wants comes then. */
  @ParameterizedTest
  @ValueSource(strings = {"/_gc", "/_scrub"})
  void aBodyThatNobodyReadsKeepsTheConnection(String path) {
    String admin = basic("admin", PASSWORD);
    try (WireConnection client = WireConnection.open(registry.port())) {
      client.head("POST", path, "Authorization", admin, "Content-Length", "4000000");
      client.send(new byte[4_000_000]);
      assertThat(client.read().status()).isBetween(200, 202);
      client.head("GET", "/v2/", "Authorization", admin);
      assertThat(client.read().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v2/",
    "HEAD, /v2/",
    "GET, /v2/_catalog",
    "GET, /_catalog",
    "GET, /v2/app/tags/list",
    "GET, /v2/app/manifests/latest",
    "HEAD, /v2/app/manifests/latest",
    "PUT, /v2/app/manifests/latest",
    "DELETE, /v2/app/manifests/latest",
    "GET, /v2/app/blobs/" + DIGEST,
    "HEAD, /v2/app/blobs/" + DIGEST,
    "DELETE, /v2/app/blobs/" + DIGEST,
    "GET, /v2/app/referrers/" + DIGEST,
    "POST, /v2/app/blobs/uploads/",
    "GET, /v2/app/blobs/uploads/x",
    "HEAD, /v2/app/blobs/uploads/x",
    "PATCH, /v2/app/blobs/uploads/x",
    "PUT, /v2/app/blobs/uploads/x",
    "DELETE, /v2/app/blobs/uploads/x",
    "GET, /_stats",
    "POST, /_gc",
    "GET, /_gc/runs/x",
    "DELETE, /_gc/runs/x",
    "POST, /_scrub",
    "GET, /_scrub/runs/x",
    "DELETE, /_scrub/runs/x"
  })
  void asksEverybodyWhoTheyAre(String method, String path) {
    HttpResponse<byte[]> nobody = registry.send(method, path);
    assertThat(nobody.statusCode()).isEqualTo(401);
    assertThat(nobody.headers().firstValue("WWW-Authenticate"))
        .contains("Basic realm=\"slipway\", charset=\"UTF-8\"");
    HttpResponse<byte[]> wrong = as(basic("admin", "wrong"), method, path);
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(admin(method, path).statusCode()).isNotIn(401, 403);
  }

  @ParameterizedTest
  @CsvSource({"/", "/livez", "/readyz", "/api/v1/registry/health"})
  void letsProbesPass(String path) {
    assertThat(registry.send("GET", path).statusCode()).isEqualTo(200);
    assertThat(as(basic("admin", PASSWORD), "GET", path).statusCode()).isEqualTo(200);
    assertThat(as(basic("admin", "wrong"), "GET", path).statusCode())
        .as("nobody learns here whether a password is right")
        .isEqualTo(200);
  }

  @Test
  void saysWhoItIsToWhoSignedInOnly() {
    assertThat(admin("GET", "/v2/").statusCode()).isEqualTo(200);
    JsonObject error =
        new JsonObject(new String(registry.send("GET", "/v2/").body(), UTF_8))
            .getJsonArray("errors")
            .getJsonObject(0);
    assertThat(error.getString("code")).isEqualTo("UNAUTHORIZED");
    assertThat(error.getString("message")).startsWith("tried to ").contains(" but ");
  }

  @Test
  void takesABodyThatCameBeforeThePasswordWasCompared() {
    HttpResponse<byte[]> pushed =
        registry.send(
            "POST",
            "/v2/app/blobs/uploads/?digest=" + DIGEST,
            "abc".getBytes(UTF_8),
            "Authorization",
            basic("admin", PASSWORD));
    assertThat(pushed.statusCode()).isEqualTo(201);
    assertThat(admin("GET", "/v2/app/blobs/" + DIGEST).body()).isEqualTo("abc".getBytes(UTF_8));
  }

  @Test
  void takesAManifestThatCameBeforeThePasswordWasCompared() {
    String index =
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
            + "\"manifests\":[]}";
    HttpResponse<byte[]> pushed =
        registry.send(
            "PUT",
            "/v2/app/manifests/v1",
            index.getBytes(UTF_8),
            "Authorization",
            basic("admin", PASSWORD),
            "Content-Type",
            "application/vnd.oci.image.index.v1+json");
    assertThat(pushed.statusCode()).isEqualTo(201);
  }

  /** The first request waits for its password to be compared, and nobody reads its body. */
  @ParameterizedTest
  @CsvSource({"0, ''", "5, hello"})
  void findsTheNextRequestBehindABodyThatNobodyReads(int length, String body) throws IOException {
    String credentials = "Authorization: " + basic("admin", PASSWORD);
    try (RawConnection connection = new RawConnection(registry.port())) {
      connection
          .lines("POST /_gc?dry_run=true HTTP/1.1", "Host: localhost", credentials)
          .lines("Content-Length: " + length, "")
          .bytes(body.getBytes(UTF_8));
      assertThat(connection.read().status()).isEqualTo(200);
      connection.lines("GET /v2/ HTTP/1.1", "Host: localhost", credentials, "");
      assertThat(connection.read().status()).isEqualTo(200);
    }
  }

  @Test
  void keepsTheFirstAdminOverARestart() {
    registry.restart();
    assertThat(admin("GET", "/v2/").statusCode()).isEqualTo(200);
  }

  @Test
  void knowsWhoeverCanReadItsFolder() throws IOException {
    Path file = data.resolve("owner.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    String key = "Bearer " + Files.readString(file).strip();
    assertThat(as(key, "POST", "/_gc?dry_run=true").statusCode()).isEqualTo(200);
    registry.restart();
    assertThat(as(key, "GET", "/v2/").statusCode()).isEqualTo(401);
  }

  @Test
  void refusesSeveralCredentials() {
    HttpResponse<byte[]> answer =
        registry.send(
            "GET",
            "/v2/",
            "Authorization",
            basic("admin", PASSWORD),
            "Authorization",
            basic("admin", PASSWORD));
    assertThat(answer.statusCode()).isEqualTo(401);
  }

  @Test
  void slowsDownWhoGuesses() {
    for (int i = 0; i < 6; i++) {
      assertThat(as(basic("admin", "wrong" + i), "GET", "/v2/").statusCode()).isEqualTo(401);
    }
    HttpResponse<byte[]> slowed = as(basic("admin", "wrong"), "GET", "/v2/");
    assertThat(slowed.statusCode()).isEqualTo(429);
    assertThat(slowed.headers().firstValue("Retry-After")).isPresent();
    Eventually.happens(
        "the right password is taken again", () -> admin("GET", "/v2/").statusCode() == 200);
  }

  @Test
  void answersAWebPageOfAnotherSiteNothing() {
    HttpResponse<byte[]> answer =
        registry.send(
            "POST",
            "/_gc",
            "Authorization",
            basic("admin", PASSWORD),
            "Origin",
            "https://evil.example.org");
    assertThat(answer.statusCode()).isEqualTo(403);
  }
}
