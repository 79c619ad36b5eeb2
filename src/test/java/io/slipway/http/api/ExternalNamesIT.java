package io.slipway.http.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.slipway.testing.Eventually;
import io.slipway.testing.TestRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody whom another token server calls as this registry calls one of its users. */
class ExternalNamesIT {
  private static final String NAME = "other.lan#ann";
  private static final String UPLOADS = "/v2/team/app/blobs/uploads/";

  @TempDir private static Path folder;
  private static TestRegistry registry;
  private static AccessClient admin;
  private static AccessClient local;
  private static AccessClient stranger;
  private static ECKey key;

  @BeforeAll
  static void start() throws Exception {
    key = new ECKeyGenerator(Curve.P_256).keyID("other").generate();
    Path keys = folder.resolve("jwks.json");
    Files.writeString(keys, new JWKSet(key.toPublicJWK()).toString());
    registry = TestRegistry.start(folder.resolve("registry"), settings());
    admin = AccessClient.of(registry, "admin", "of the admin");
    admin.done(201, "POST", "users", "{\"name\":\"ann\",\"password\":\"right\"}");
    admin.done(201, "PUT", "groups/team", "{\"members\":[\"ann\"]}");
    for (String who : List.of("group:team", "*")) {
      String rights = "\"permissions\":[\"pull\",\"push\",\"delete\"]}";
      admin.done(
          201, "POST", "policies", "{\"repository\":\"team/*\",\"user\":\"" + who + "\"," + rights);
    }
    local = AccessClient.of(registry, "ann", "right");
    stranger = new AccessClient(registry, "Bearer " + token("ann"));
  }

  private static String[] settings(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "auth.mode",
                "token",
                "auth.admin.password",
                "of the admin",
                "auth.bcrypt_cost",
                "4",
                "auth.token.external.issuer",
                "other.lan",
                "auth.token.external.service",
                "registry.lan",
                "auth.token.external.realm",
                "https://other.lan/token",
                "auth.token.external.jwks",
                folder.resolve("jwks.json").toString()));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  /** Good for pulling from team/app and pushing to it. */
  private static String token(String subject) throws Exception {
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer("other.lan")
            .audience("registry.lan")
            .subject(subject)
            .expirationTime(Date.from(Instant.now().plusSeconds(600)))
            .claim(
                "access",
                List.of(
                    Map.of(
                        "type",
                        "repository",
                        "name",
                        "team/app",
                        "actions",
                        List.of("pull", "push"))))
            .build();
    SignedJWT token =
        new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("other").build(), claims);
    token.sign(new ECDSASigner(key));
    return token.serialize();
  }

  private static int push(AccessClient who, String tag) {
    return registry
        .send(
            "PUT",
            "/v2/team/app/manifests/" + tag,
            "{\"schemaVersion\":2,\"manifests\":[]}".getBytes(UTF_8),
            "Content-Type",
            "application/vnd.oci.image.index.v1+json",
            "Authorization",
            who.authorization())
        .statusCode();
  }

  private static List<JsonObject> audit(String query) {
    return admin.list("/api/v1/audit?" + query).stream().map(JsonObject.class::cast).toList();
  }

  @Test
  void isToldWhatTheTokenSaysAndNothingOfTheUser() {
    JsonObject me = stranger.object("me");
    assertThat(me.getString("name")).isEqualTo(NAME);
    assertThat(me.getString("role")).isNull();
    assertThat(me.getJsonArray("groups")).isEmpty();
    assertThat(me.getJsonArray("permissions"))
        .isEqualTo(
            new JsonArray("[{\"repository\":\"team/app\",\"permissions\":[\"pull\",\"push\"]}]"));
    assertThat(local.object("me").getJsonArray("groups")).containsExactly("team");
  }

  @Test
  void takesNoPartInPolicies() {
    assertThat(local.get("/v2/team/other/tags/list").statusCode()).isEqualTo(404);
    assertThat(stranger.get("/v2/team/other/tags/list").statusCode()).isEqualTo(401);
    assertThat(stranger.send("DELETE", "/v2/team/app/manifests/v1", "").statusCode())
        .isEqualTo(401);
  }

  @Test
  void setsNoPassword() {
    String body = "{\"old_password\":\"right\",\"password\":\"wrong\"}";
    assertThat(stranger.refused(409, "PUT", "me/password", body)).contains(NAME);
    assertThat(local.get("/v2/").statusCode()).isEqualTo(200);
  }

  @Test
  void goesOnWithNoUploadOfTheUserNorTheUserWithTheirs() {
    assertLeftAlone(local, stranger);
    assertLeftAlone(stranger, local);
  }

  private static void assertLeftAlone(AccessClient owner, AccessClient other) {
    HttpResponse<byte[]> begun = owner.send("POST", UPLOADS, "");
    assertThat(begun.statusCode()).isEqualTo(202);
    String session = begun.headers().firstValue("Location").orElseThrow();
    for (String method : List.of("GET", "PATCH", "DELETE")) {
      HttpResponse<byte[]> answer =
          registry.send(method, session, "Authorization", other.authorization());
      assertThat(answer.statusCode()).as(method).isEqualTo(404);
    }
    HttpResponse<byte[]> still =
        registry.send("GET", session, "Authorization", owner.authorization());
    assertThat(still.statusCode()).isEqualTo(204);
  }

  @Test
  void isNamedInTheAuditLogWithTheServerThatKnowsThem() {
    assertThat(push(stranger, "audited")).isEqualTo(201);
    assertThat(stranger.get("/v2/secret/app/tags/list").statusCode()).isEqualTo(401);
    for (String what : List.of("action=tag.moved", "repository=secret/app")) {
      String query = what + "&actor=other.lan%23ann";
      Eventually.happens("an entry of " + query, () -> !audit(query).isEmpty());
    }
    assertThat(audit("action=tag.moved&actor=ann")).isEmpty();
    assertThat(audit("repository=secret/app&actor=ann")).isEmpty();
  }

  @Test
  void usesUpNoLimitOfTheUser() throws Exception {
    String[] settings =
        settings("http.rate_limit.user_per_second", "1", "http.rate_limit.user_burst", "5");
    try (TestRegistry limited = TestRegistry.start(folder.resolve("limited"), settings)) {
      AccessClient busy = new AccessClient(limited, "Bearer " + token("admin"));
      int status = 200;
      for (int sent = 0; status == 200 && sent < 100; sent++) {
        status = busy.get("/v2/").statusCode();
      }
      assertThat(status).isEqualTo(429);
      AccessClient user = AccessClient.of(limited, "admin", "of the admin");
      assertThat(user.get("/v2/").statusCode()).isEqualTo(200);
    }
  }
}
