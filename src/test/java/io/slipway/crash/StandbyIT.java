package io.slipway.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.testing.Eventually;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.PushClient;
import io.slipway.testing.TestRegistry;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The address of the database leads to a standby, which may lack what was acknowledged: nothing is
 * read there, and the registry goes on by itself when it is promoted.
 */
final class StandbyIT {
  private static final String SAYS_SO = "a standby, or takes no changes";
  private static final byte[] LAYER = PushClient.bytes(31, 5_000);
  private static final byte[] MANIFEST = PushClient.manifest(LAYER, LAYER);

  @TempDir Path data;

  private final PostgresServer postgres = PostgresServer.start();

  @BeforeEach
  void make() {
    postgres.execute("CREATE DATABASE registry");
  }

  @AfterEach
  void end() {
    postgres.close();
  }

  private TestRegistry start() {
    return TestRegistry.start(
        data,
        "database.url",
        postgres.text("registry") + "?sslmode=disable",
        "database.connect_timeout",
        "1s",
        "ops.port",
        "0");
  }

  private static int push(TestRegistry registry) {
    PushClient client = new PushClient(registry.port());
    client.pushBlob("app", LAYER);
    return client.pushManifest("app", "latest", MANIFEST).statusCode();
  }

  private static int pull(TestRegistry registry) {
    return registry.send("GET", "/v2/app/manifests/latest").statusCode();
  }

  @Test
  void isNeitherReadNorReadyUntilItIsPromoted() {
    try (TestRegistry registry = start()) {
      assertThat(push(registry)).isEqualTo(201);
      postgres.becomeStandby();
      Eventually.happens(
          "it says why it is not ready",
          () -> {
            HttpResponse<byte[]> ready =
                registry.send("GET", registry.opsUri("/readyz").toString());
            return ready.statusCode() == 503 && new String(ready.body(), UTF_8).contains(SAYS_SO);
          });
      assertThat(registry.send("GET", registry.opsUri("/livez").toString()).statusCode())
          .isEqualTo(200);
      assertThat(pull(registry)).isEqualTo(503);
      assertThat(push(registry)).isEqualTo(503);

      postgres.promote();
      Eventually.happens(
          "it is ready",
          () -> registry.send("GET", registry.opsUri("/readyz").toString()).statusCode() == 200);
      assertThat(pull(registry)).isEqualTo(200);
      assertThat(push(registry)).isEqualTo(201);
    }
  }

  @Test
  void isRefusedAtStart() {
    postgres.becomeStandby();
    assertThatThrownBy(this::start).rootCause().hasMessageContaining(SAYS_SO);
  }

  @Test
  void isToldFromADatabaseThatIsSetToReadOnly() {
    postgres.execute("ALTER DATABASE registry SET default_transaction_read_only = on");
    assertThatThrownBy(this::start)
        .rootCause()
        .hasMessageContaining("default_transaction_read_only is on there");
  }
}
