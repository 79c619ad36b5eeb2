package io.slipway.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.TestRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which of pull, push and delete each request about a repository needs, and that it needs no other.
 */
class RepositoryPermissionsIT {
  private static final String PASSWORD = "open sesame";
  private static final List<String> PERMISSIONS = List.of("pull", "push", "delete");
  private static final String DIGEST = "sha256:" + "ab".repeat(32);

  @TempDir private static Path data;
  private static TestRegistry registry;

  @BeforeAll
  static void start() {
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
    AccessClient admin = AccessClient.of(registry, "admin", PASSWORD);
    for (String permission : PERMISSIONS) {
      String user = new JsonObject().put("password", PASSWORD).encode();
      admin.done(201, "PUT", "users/may-" + permission, user);
      JsonObject policy =
          new JsonObject()
              .put("repository", "app")
              .put("user", "may-" + permission)
              .put("permissions", JsonArray.of(permission));
      admin.done(201, "POST", "policies", policy.encode());
    }
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, tags/list, pull",
    "GET, referrers/DIGEST, pull",
    "GET, manifests/latest, pull",
    "HEAD, manifests/latest, pull",
    "GET, manifests/DIGEST, pull",
    "PUT, manifests/latest, push",
    "PUT, manifests/DIGEST, push",
    "DELETE, manifests/latest, delete",
    "DELETE, manifests/DIGEST, delete",
    "GET, blobs/DIGEST, pull",
    "HEAD, blobs/DIGEST, pull",
    "DELETE, blobs/DIGEST, delete",
    "POST, blobs/uploads/, push",
    "POST, blobs/uploads/?digest=DIGEST, push",
    "POST, blobs/uploads/?mount=DIGEST&from=app, push",
    "GET, blobs/uploads/x, push",
    "HEAD, blobs/uploads/x, push",
    "PATCH, blobs/uploads/x, push",
    "PUT, blobs/uploads/x?digest=DIGEST, push",
    "DELETE, blobs/uploads/x, push"
  })
  void needOne(String method, String path, String needed) {
    for (String permission : PERMISSIONS) {
      AccessClient client = AccessClient.of(registry, "may-" + permission, PASSWORD);
      int status =
          client.send(method, "/v2/app/" + path.replace("DIGEST", DIGEST), "").statusCode();
      int elsewhere =
          client.send(method, "/v2/other/" + path.replace("DIGEST", DIGEST), "").statusCode();
      if (permission.equals(needed)) {
        assertThat(status).as("with %s", permission).isNotIn(401, 403);
      } else {
        assertThat(status).as("with %s", permission).isEqualTo(403);
      }
      assertThat(elsewhere).as("in another repository").isEqualTo(403);
    }
  }
}
