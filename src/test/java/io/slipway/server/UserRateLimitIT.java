package io.slipway.server;

import static io.slipway.testing.BasicAuthorization.basic;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.OneProfile;
import io.slipway.testing.TestRegistry;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody who signed in sends more than a user may, wherever from. */
@OneProfile("no store is asked")
class UserRateLimitIT {
  private static final int AT_ONCE = 5;

  /** Of {@code sun}, with bcrypt's cost of 4. */
  private static final String HASH = "$2a$04$1YzEhS2HqPXs6QHhKgN.PuG01UB6pIjpYBr9lvgw05wIPaRoOvLZC";

  @TempDir private Path folder;

  private static HttpResponse<byte[]> get(TestRegistry registry, String user, String address) {
    String authorization = basic(user, "sun");
    return registry.send("GET", "/v2/", "Authorization", authorization, "X-Forwarded-For", address);
  }

  @Test
  void countsAUserFromEveryAddressTogether() throws Exception {
    Path users = folder.resolve("htpasswd");
    Files.writeString(users, "ann:" + HASH + "\nzoe:" + HASH + "\n");
    try (TestRegistry registry =
        TestRegistry.start(
            folder.resolve("data"),
            "auth.mode",
            "basic",
            "auth.htpasswd.path",
            users.toString(),
            "auth.bcrypt_cost",
            "4",
            "http.rate_limit.user_per_second",
            "1",
            "http.rate_limit.user_burst",
            Integer.toString(AT_ONCE),
            "http.trusted_proxies",
            "127.0.0.1")) {
      int sent = 0;
      HttpResponse<byte[]> answer = get(registry, "ann", "192.0.2.1");
      while (answer.statusCode() == 200 && sent++ < 100) {
        answer = get(registry, "ann", "192.0.2." + sent);
      }
      assertThat(sent).isBetween(AT_ONCE, 99);
      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(get(registry, "zoe", "192.0.2.1").statusCode()).isEqualTo(200);
    }
  }
}
