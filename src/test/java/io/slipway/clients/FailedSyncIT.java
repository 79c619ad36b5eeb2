package io.slipway.clients;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that fails to take bytes says so once: the system forgets the pages, and the next sync
 * succeeds. Nothing that was written before may be acknowledged then.
 */
@OneProfile("of a disk that fails")
class FailedSyncIT {
  private static final byte[] BLOB = PushClient.bytes(50, 100_000);
  private static final byte[] NOTHING = new byte[0];

  @TempDir Path data;

  @Test
  void endsTheUploadWhoseBytesMayBeLost() throws Exception {
    try (ChildRegistry registry = ChildRegistry.start(data, Map.of())) {
      PushClient client = registry.client();
      String session = client.start("failed/sync");
      assertThat(client.patch(session, 0, BLOB).statusCode()).isEqualTo(202);
      String id = session.substring(session.lastIndexOf('/') + 1);
      Process faults = failSyncsOf(registry, data.resolve("uploads").resolve(id), 0);
      assertThat(client.finish(session, digest(BLOB), NOTHING).statusCode()).isEqualTo(500);
      faults.destroy();
      faults.onExit().join();

      assertThat(client.send("GET", session).statusCode()).isEqualTo(404);
      assertThat(client.finish(session, digest(BLOB), NOTHING).statusCode()).isEqualTo(404);
      assertThat(client.blob("failed/sync", digest(BLOB)).statusCode()).isEqualTo(404);
      assertThat(client.pushBlob("failed/sync", BLOB).statusCode()).isEqualTo(201);
      assertThat(client.blob("failed/sync", digest(BLOB)).body()).isEqualTo(BLOB);
    }
    try (ChildRegistry registry = ChildRegistry.start(data, Map.of())) {
      assertThat(registry.client().blob("failed/sync", digest(BLOB)).body()).isEqualTo(BLOB);
      assertThat(registry.stop()).isZero();
    }
    new StoredData(data).requireAgreement();
  }

  /** While the database is busy the session cannot be ended, and the client tries again. */
  @Test
  void neverForgetsWhatItWasTold() throws Exception {
    StoredData stored = new StoredData(data);
    try (ChildRegistry registry = ChildRegistry.start(data, Map.of());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      PushClient client = registry.client();
      String session = client.start("failed/sync");
      assertThat(client.patch(session, 0, BLOB).statusCode()).isEqualTo(202);
      String id = session.substring(session.lastIndexOf('/') + 1);
      Process faults = failSyncsOf(registry, data.resolve("uploads").resolve(id), 2);
      Future<HttpResponse<byte[]>> first =
          threads.submit(() -> client.finish(session, digest(BLOB), NOTHING));
      Eventually.happens(
          "the request has its turn",
          () -> stored.query("SELECT writer FROM upload WHERE writer IS NULL").isEmpty());
      try (Connection busy = stored.hold()) {
        assertThat(first.get().statusCode()).isEqualTo(500);
        assertThat(busy.isClosed()).isFalse();
      }
      faults.destroy();
      faults.onExit().join();
      assertThat(stored.query("SELECT state FROM upload")).containsExactly("open");
      // What another process would read is what the disk may not have.
      assertThat(stored.staged()).isEmpty();

      assertThat(client.finish(session, digest(BLOB), NOTHING).statusCode()).isEqualTo(500);
      assertThat(client.send("GET", session).statusCode()).isEqualTo(404);
      assertThat(client.blob("failed/sync", digest(BLOB)).statusCode()).isEqualTo(404);
    }
  }

  /** Makes every sync of one file fail, so many seconds after it began, until that is ended. */
  private static Process failSyncsOf(ChildRegistry registry, Path file, int seconds)
      throws IOException {
    return Strace.attach(
        registry.pid(),
        "-o",
        "/dev/null",
        "-P",
        file.toRealPath().toString(),
        "-e",
        "trace=fsync,fdatasync",
        "-e",
        "inject=fsync,fdatasync:error=EIO:delay_enter=" + seconds * 1_000_000);
  }
}
