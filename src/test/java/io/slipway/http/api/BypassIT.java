package io.slipway.http.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.testing.RawConnection;
import io.slipway.testing.RawConnection.Answer;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tries to get past the policies: somebody of one team at what another one keeps. */
class BypassIT {
  private static final byte[] SECRET = "the secret of the other team".getBytes(UTF_8);
  private static final String DIGEST = Digest.of(DigestAlgorithm.SHA256, SECRET).text();
  private static final String INDEX =
      "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
          + "\"manifests\":[],\"annotations\":{\"of\":\"%s\"}}";

  @TempDir private static Path folder;
  private static TestRegistry registry;
  private static AccessClient admin;
  private static AccessClient dev;
  private static AccessClient mate;

  @BeforeAll
  static void start() {
    registry =
        TestRegistry.start(
            folder,
            "auth.mode",
            "basic",
            "auth.admin.password",
            "of the admin",
            "auth.bcrypt_cost",
            "4");
    admin = AccessClient.of(registry, "admin", "of the admin");
    for (String name : new String[] {"dev", "mate"}) {
      admin.done(201, "POST", "users", "{\"name\":\"" + name + "\",\"password\":\"right\"}");
    }
    admin.done(201, "PUT", "groups/team", "{\"members\":[\"dev\",\"mate\"]}");
    admin.done(
        201,
        "POST",
        "policies",
        "{\"repository\":\"team/**\",\"user\":\"group:team\",\"permissions\":[\"pull\",\"push\"]}");
    dev = AccessClient.of(registry, "dev", "right");
    mate = AccessClient.of(registry, "mate", "right");
    assertThat(push(admin, "secret/app", INDEX.formatted("the others"))).isEqualTo(201);
    assertThat(push(admin, "team/app", INDEX.formatted("the team"))).isEqualTo(201);
    assertThat(
            registry
                .send(
                    "POST",
                    "/v2/secret/app/blobs/uploads/?digest=" + DIGEST,
                    SECRET,
                    "Authorization",
                    admin.authorization())
                .statusCode())
        .isEqualTo(201);
  }

  private static int push(AccessClient who, String repository, String manifest) {
    return registry
        .send(
            "PUT",
            "/v2/" + repository + "/manifests/v1",
            manifest.getBytes(UTF_8),
            "Authorization",
            who.authorization(),
            "Content-Type",
            "application/vnd.oci.image.index.v1+json")
        .statusCode();
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static Answer raw(String line, String... headers) throws IOException {
    try (RawConnection connection = new RawConnection(registry.port())) {
      return connection
          .lines(line + " HTTP/1.1", "Host: localhost", "Connection: close")
          .lines(headers)
          .lines("")
          .read();
    }
  }

  private static String signedIn() {
    return "Authorization: " + dev.authorization();
  }

  /** The control: what they may, by the plain address. */
  @Test
  void readsItsOwn() throws IOException {
    Answer own = raw("GET /v2/team/app/manifests/v1", signedIn());
    assertThat(own.status()).isEqualTo(200);
    assertThat(own.text()).contains("the team");
    assertThat(raw("GET /v2/secret/app/manifests/v1", signedIn()).status()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v2/team/../secret/app/manifests/v1",
        "/v2/team/app/../../secret/app/manifests/v1",
        "/v2/team/%2e%2e/secret/app/manifests/v1",
        "/v2/team/app/manifests/../../../secret/app/manifests/v1",
        "/v2/team/..%2fsecret/app/manifests/v1",
        "/v2/secret%2fapp/manifests/v1",
        "/v2/secret%2Fapp/manifests/v1",
        "/v2/secret%252fapp/manifests/v1",
        "/v2/%73ecret/app/manifests/v1",
        "/v2/%2573ecret/app/manifests/v1",
        "/v2/Secret/app/manifests/v1",
        "/v2/SECRET/APP/manifests/v1",
        "/V2/secret/app/manifests/v1",
        "/v2//secret/app/manifests/v1",
        "//v2/secret/app/manifests/v1",
        "/./v2/secret/app/manifests/v1",
        "/v2/./secret/app/manifests/v1",
        "/v2/secret/app/manifests/v1/",
        "/v2/secret/app/manifests/v1%00",
        "/v2/secret/app/manifests/v1;x=/v2/team/app/manifests/v1",
        "/v2/secret/app/manifests/v1?x=/v2/team/app/manifests/v1",
        "/v2/secret/app/manifests/v1#/v2/team/app/manifests/v1",
        "/v2/team/app/manifests/v1/../../../../secret/app/manifests/v1",
        "http://localhost/v2/secret/app/manifests/v1",
        "/v2/secret\\app/manifests/v1"
      })
  void reachesNothingElseByAnotherSpelling(String target) throws IOException {
    Answer answer = raw("GET " + target, signedIn());
    assertThat(answer.text()).doesNotContain("the others");
    assertThat(answer.status()).isBetween(400, 499);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Original-URL: /v2/secret/app/manifests/v1",
        "X-Rewrite-URL: /v2/secret/app/manifests/v1",
        "X-Forwarded-Path: /v2/secret/app/manifests/v1",
        "X-Forwarded-Prefix: /v2/secret",
        "X-HTTP-Method-Override: DELETE",
        "X-Forwarded-User: admin",
        "X-Remote-User: admin",
        "Cookie: user=admin"
      })
  void takesNoOrdersFromHeaders(String header) throws IOException {
    Answer answer = raw("GET /v2/team/app/manifests/v1", signedIn(), header);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).contains("the team");
    assertThat(raw("GET /v2/secret/app/manifests/v1", signedIn(), header).status()).isEqualTo(403);
    assertThat(raw("GET /v2/secret/app/manifests/v1", header).status()).isEqualTo(401);
  }

  @Test
  void refusesCredentialsThatCouldBeReadInTwoWays() throws IOException {
    String other = "Authorization: " + admin.authorization();
    assertThat(raw("GET /v2/secret/app/manifests/v1", signedIn(), other).status()).isEqualTo(401);
    assertThat(raw("GET /v2/secret/app/manifests/v1", other, signedIn()).status()).isEqualTo(401);
    assertThat(
            raw("GET /v2/secret/app/manifests/v1", signedIn() + ", " + admin.authorization())
                .status())
        .isEqualTo(401);
  }

  @Test
  void readsNoBlobThroughARepositoryThatDoesNotLinkIt() throws IOException {
    assertThat(raw("GET /v2/team/app/blobs/" + DIGEST, signedIn()).status()).isEqualTo(404);
    assertThat(raw("GET /v2/secret/app/blobs/" + DIGEST, signedIn()).status()).isEqualTo(403);
    for (String source : new String[] {"secret/app", "secret/none"}) {
      HttpResponse<byte[]> mounted =
          registry.send(
              "POST",
              "/v2/team/app/blobs/uploads/?mount=" + DIGEST + "&from=" + source,
              "Authorization",
              dev.authorization());
      assertThat(mounted.statusCode()).as(source).isEqualTo(202);
    }
    HttpResponse<byte[]> anywhere =
        registry.send(
            "POST",
            "/v2/team/app/blobs/uploads/?mount=" + DIGEST,
            "Authorization",
            dev.authorization());
    assertThat(anywhere.statusCode()).isEqualTo(202);
  }

  /** CVE-2026-35172: reads elsewhere brought a deleted blob back where it was deleted. */
  @Test
  void readsNoBlobWhereItWasDeletedWhateverIsReadElsewhere() {
    byte[] content = "a blob of two repositories".getBytes(UTF_8);
    String digest = Digest.of(DigestAlgorithm.SHA256, content).text();
    for (String repository : new String[] {"team/one", "team/two"}) {
      assertThat(as(dev, "POST", repository, "uploads/?digest=" + digest, content)).isEqualTo(201);
      readTwice(200, repository, digest);
    }
    assertThat(as(admin, "DELETE", "team/one", digest)).isEqualTo(202);
    readTwice(404, "team/one", digest);
    readTwice(200, "team/two", digest);
    readTwice(404, "team/one", digest);
  }

  private static void readTwice(int status, String repository, String digest) {
    for (String method : new String[] {"GET", "HEAD", "GET", "HEAD"}) {
      assertThat(as(dev, method, repository, digest)).as(method).isEqualTo(status);
    }
  }

  private static int as(
      AccessClient who, String method, String repository, String item, byte... body) {
    return registry
        .send(
            method,
            "/v2/" + repository + "/blobs/" + item,
            body,
            "Authorization",
            who.authorization())
        .statusCode();
  }

  @Test
  void leavesTheUploadOfAnotherAlone() {
    String session =
        registry
            .send("POST", "/v2/team/app/blobs/uploads/", "Authorization", dev.authorization())
            .headers()
            .firstValue("Location")
            .orElseThrow();
    for (String method : new String[] {"GET", "PATCH", "PUT", "DELETE"}) {
      assertThat(
              registry
                  .send(
                      method,
                      method.equals("PUT") ? session + "?digest=" + DIGEST : session,
                      "Authorization",
                      mate.authorization())
                  .statusCode())
          .as(method)
          .isEqualTo(404);
    }
    assertThat(registry.send("GET", session, "Authorization", dev.authorization()).statusCode())
        .isEqualTo(204);
  }

  @Test
  void showsOnlyItsOwnInLists() throws IOException {
    assertThat(raw("GET /v2/_catalog", signedIn()).text())
        .contains("team/app")
        .doesNotContain("secret");
    assertThat(raw("GET /v2/_catalog?last=s", signedIn()).text()).doesNotContain("secret");
    assertThat(raw("GET /_stats", signedIn()).text()).doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/access/users",
        "/api/v1/access/../access/users",
        "/api/v1/registry/../access/users",
        "/api/v1/access/users/",
        "/api/v1/access//users",
        "/API/v1/access/users",
        "/api/v1/access/%75sers",
        "/_gc/runs/../../api/v1/access/users"
      })
  void doesNotManageUsers(String target) throws IOException {
    Answer answer = raw("GET " + target, signedIn());
    assertThat(answer.status()).isBetween(400, 499);
    assertThat(answer.text()).doesNotContain("\"mate\"");
  }
}
