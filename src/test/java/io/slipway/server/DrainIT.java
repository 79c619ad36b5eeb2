package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.PushClient;
import io.slipway.testing.S3Fault;
import io.slipway.testing.TestRegistry;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that is told to stop first says so to those who send it requests. */
class DrainIT {
  private static final int UPLOADS = 40;
  private static final int DELETED_AT_ONCE = 8;

  @TempDir private Path data;

  @Test
  void acceptsRequestsUntilLoadBalancersHaveNoticed() throws Exception {
    TestRegistry registry = TestRegistry.start(data, "drain.notice", "2s");
    PushClient client = new PushClient(registry.port());
    assertThat(client.send("GET", "/readyz").statusCode()).isEqualTo(200);
    long begin = System.nanoTime();
    Thread stopping = Thread.ofVirtual().start(registry::close);
    Eventually.happens(
        "it says that it stops", () -> client.send("GET", "/readyz").statusCode() == 503);
    // From a connection of its own, as one that comes now.
    assertThat(new PushClient(registry.port()).send("GET", "/v2/").statusCode()).isEqualTo(200);
    assertThat(client.send("GET", "/livez").statusCode()).isEqualTo(200);
    stopping.join();
    assertThat(System.nanoTime() - begin).isGreaterThan(1_900_000_000L);
    assertThat(isClosed(registry.port())).isTrue();
  }

  /** What uploads left is deleted by the next process, or another node. */
  @OneProfile("is on a bucket and a database of its own")
  @Test
  void waitsForNoLongCleaningUp() throws Exception {
    try (FakeS3 bucket = new FakeS3()) {
      PostgresServer postgres = PostgresServer.shared();
      String database = postgres.createDatabase().database();
      List<String> settings = new ArrayList<>(List.of(bucket.settings()));
      settings.addAll(List.of("database.url", postgres.text(database), "drain.notice", "1s"));
      String[] all = settings.toArray(String[]::new);
      try (TestRegistry registry = TestRegistry.start(data, all)) {
        PushClient client = new PushClient(registry.port());
        for (int i = 0; i < UPLOADS; i++) {
          assertThat(client.patch(client.start("app"), 0, new byte[100_000]).statusCode())
              .isEqualTo(202);
        }
      }
      postgres.execute(database, "UPDATE upload SET beat_at = beat_at - 3700000");
      S3Fault held = bucket.hold("uploads/[0-9a-f]{8}-", Integer.MAX_VALUE);
      TestRegistry registry = TestRegistry.start(data, all);
      PushClient client = new PushClient(registry.port());
      Eventually.happens("many are being deleted", () -> held.hits() == DELETED_AT_ONCE);
      Thread stopping = Thread.ofVirtual().start(registry::close);
      Eventually.happens(
          "it says that it stops", () -> client.send("GET", "/readyz").statusCode() == 503);
      held.lift();
      stopping.join();
      assertThat(postgres.query(database, "SELECT id FROM upload"))
          .hasSize(UPLOADS - DELETED_AT_ONCE);
    }
  }

  /** One that is sent as the server closes would be lost. */
  @Test
  void hasClientsSendTheirNextRequestElsewhere() throws Exception {
    TestRegistry registry = TestRegistry.start(data, "drain.notice", "4s");
    PushClient client = new PushClient(registry.port());
    assertThat(isLast(client, "/v2/")).isFalse();
    Thread stopping = Thread.ofVirtual().start(registry::close);
    Eventually.happens(
        "it says that it stops", () -> client.send("GET", "/readyz").statusCode() == 503);
    assertThat(isLast(client, "/v2/")).isTrue();
    assertThat(isLast(client, "/v2/a/manifests/none")).isTrue();
    stopping.join();
  }

  private static boolean isLast(PushClient client, String path) {
    return client.send("GET", path).headers().allValues("Connection").contains("close");
  }

  private static boolean isClosed(int port) {
    try {
      new PushClient(port).send("GET", "/livez");
      return false;
    } catch (UncheckedIOException e) {
      return true;
    }
  }
}
