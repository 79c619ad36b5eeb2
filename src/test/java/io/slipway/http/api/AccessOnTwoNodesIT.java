package io.slipway.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.server.RegistryAccess;
import io.slipway.server.RegistryAccess.Accounts;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one node changes, others obey without being told. */
@OneProfile("its nodes are on a PostgreSQL of its own")
class AccessOnTwoNodesIT {
  private static final String PASSWORD = "open sesame";

  /**
   * The second of R5.2 is asserted by AccessControlTest, on timers of its own. Here processes share
   * a machine that may be busy: this tells a change that is obeyed without a message from none.
   */
  private static final Duration SOON = Duration.ofSeconds(3);

  @TempDir private Path data;

  private static String[] settings(String database) {
    return new String[] {
      "database.url",
      database,
      "auth.mode",
      "basic",
      "auth.admin.password",
      PASSWORD,
      "auth.bcrypt_cost",
      "4"
    };
  }

  @Test
  void areObeyedByTheOtherNode() throws IOException {
    PostgresServer server = PostgresServer.shared();
    String[] settings = settings(server.text(server.createDatabase().database()));
    Path first = Files.createDirectory(data.resolve("first"));
    Path second = Files.createDirectory(data.resolve("second"));
    try (TestRegistry one = TestRegistry.start(first, settings)) {
      Files.copy(first.resolve("storage.id"), second.resolve("storage.id"));
      try (TestRegistry two = TestRegistry.start(second, settings)) {
        AccessClient admin = AccessClient.of(one, "admin", PASSWORD);
        AccessClient here = AccessClient.of(one, "ann", PASSWORD);
        AccessClient there = AccessClient.of(two, "ann", PASSWORD);
        admin.done(201, "PUT", "users/ann", "{\"password\":\"" + PASSWORD + "\"}");
        assertThat(here.get("me").statusCode()).isEqualTo(200);
        becomes(there, 200);
        admin.done(204, "PUT", "users/ann/password", "{\"password\":\"other\"}");
        assertThat(here.get("me").statusCode()).isEqualTo(401);
        becomes(there, 401);
        becomes(AccessClient.of(two, "ann", "other"), 200);
      }
    }
  }

  @Test
  void areObeyedWhenACommandWorksOnTheDatabase() throws IOException {
    PostgresServer server = PostgresServer.shared();
    String[] settings = settings(server.text(server.createDatabase().database()));
    try (TestRegistry registry = TestRegistry.start(data, settings)) {
      AccessClient admin = AccessClient.of(registry, "admin", PASSWORD);
      admin.done(201, "PUT", "users/ann", "{\"password\":\"" + PASSWORD + "\"}");
      AccessClient ann = AccessClient.of(registry, "ann", PASSWORD);
      assertThat(ann.get("me").statusCode()).isEqualTo(200);
      // As on another machine, which has no data folder.
      Path none = data.resolve("none");
      try (RegistryAccess access = RegistryAccess.of(TestRegistry.config(none, settings))) {
        assertThat(access.accounts(Accounts.USERS)).hasSize(2);
        access.remove(Accounts.USERS, "ann");
      }
      becomes(ann, 401);
      assertThat(none).doesNotExist();
    }
  }

  private static void becomes(AccessClient client, int status) {
    Eventually.happens(
        "the answer is " + status, SOON, () -> client.get("me").statusCode() == status);
  }
}
