package io.slipway.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules are prepared while everybody may do everything, and hold when somebody is asked. */
class AccessWithoutSignInIT {
  private static final String PASSWORD = "open sesame";

  @TempDir private Path data;

  @Test
  void preparesTheRules() {
    try (TestRegistry open = TestRegistry.start(data, "auth.bcrypt_cost", "4")) {
      AccessClient everybody = AccessClient.anonymous(open);
      assertThat(everybody.object("me").getString("role")).isEqualTo("admin");
      everybody.refused(409, "PUT", "me/password", "{\"old_password\":\"a\",\"password\":\"b\"}");
      for (String name : new String[] {"root", "ann"}) {
        String role = name.equals("root") ? "admin" : "viewer";
        everybody.done(
            201,
            "PUT",
            "users/" + name,
            "{\"password\":\"" + PASSWORD + "\",\"role\":\"" + role + "\"}");
      }
      everybody.done(
          201,
          "POST",
          "policies",
          "{\"repository\":\"app\",\"user\":\"ann\",\"permissions\":[\"pull\"]}");
    }
    try (TestRegistry closed = TestRegistry.start(data, "auth.mode", "basic")) {
      AccessClient ann = AccessClient.of(closed, "ann", PASSWORD);
      assertThat(ann.get("/v2/app/tags/list").statusCode()).isEqualTo(404);
      assertThat(ann.get("/v2/other/tags/list").statusCode()).isEqualTo(403);
      assertThat(AccessClient.of(closed, "root", PASSWORD).list("users")).hasSize(2);
    }
  }
}
