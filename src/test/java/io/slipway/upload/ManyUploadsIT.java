package io.slipway.upload;

import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestProfile;
import io.slipway.testing.WireConnection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many clients at once against a small heap: the process ends when it runs out of memory. */
class ManyUploadsIT {
  private static final String REPOSITORY = "many/uploads";
  private static final int CLIENTS = TestProfile.isCluster() ? 20 : 50;
  private static final int AT_ONCE = TestProfile.isCluster() ? 60 : 200;
  private static final int MEBIBYTE = 1024 * 1024;
  private static final byte[] BLOB = PushClient.bytes(30, 3 * MEBIBYTE);

  private static final Map<String, String> BUFFERS = Map.of("storage.s3.upload_memory", "48MiB");

  /** The client of S3 has buffers and threads of its own. */
  private static final String[] MEMORY =
      TestProfile.isCluster()
          ? new String[] {"-Xmx96m", "-XX:MaxDirectMemorySize=96m", "-Xss512k"}
          : new String[] {"-Xmx64m", "-XX:MaxDirectMemorySize=48m", "-Xss512k"};

  @TempDir Path data;
  private ChildRegistry registry;
  private PushClient client;

  @BeforeEach
  void starts() {
    registry = ChildRegistry.start(data, BUFFERS, MEMORY);
    client = registry.client();
  }

  @AfterEach
  void agrees() {
    assertThat(registry.stop()).as(registry.output()).isZero();
    StoredData.of(data).requireAgreement();
  }

  /** Each brings a little and stalls; each takes a little and stalls. */
  @Test
  void holdsAFewBuffersForEachSlowClient() {
    assertThat(client.pushBlob(REPOSITORY, BLOB).statusCode()).isEqualTo(201);
    List<WireConnection> writers = new ArrayList<>();
    List<WireConnection> readers = new ArrayList<>();
    List<String> sessions = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      sessions.add(client.start(REPOSITORY));
      writers.add(WireConnection.open(registry.port()));
      writers.get(i).head("PATCH", sessions.get(i), "Content-Length", "" + BLOB.length);
      writers.get(i).send(BLOB, 0, MEBIBYTE + 100_000);
      readers.add(WireConnection.open(registry.port()));
      readers.get(i).head("GET", "/v2/" + REPOSITORY + "/blobs/" + digest(BLOB).text());
      assertThat(readers.get(i).skip(1000)).isEqualTo(1000);
    }
    assertThat(client.pushBlob("other/repository", BLOB).statusCode()).isEqualTo(201);
    assertThat(client.blob(REPOSITORY, digest(BLOB)).body()).isEqualTo(BLOB);
    for (int i = 0; i < CLIENTS; i++) {
      int sent = MEBIBYTE + 100_000;
      writers.get(i).send(BLOB, sent, BLOB.length - sent);
      assertThat(writers.get(i).read().status()).isEqualTo(202);
      assertThat(client.finish(sessions.get(i), digest(BLOB), new byte[0]).statusCode())
          .isEqualTo(201);
      writers.get(i).close();
      readers.get(i).close();
    }
  }

  /** All at full speed: together they are faster than hash and disk. */
  @Test
  void slowsFastClientsDown() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> pushes = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        String session = client.start(REPOSITORY);
        pushes.add(threads.submit(() -> client.finish(session, digest(BLOB), BLOB).statusCode()));
      }
      for (Future<Integer> push : pushes) {
        assertThat(push.get()).isEqualTo(201);
      }
    }
    assertThat(client.blob(REPOSITORY, digest(BLOB)).body()).isEqualTo(BLOB);
  }

  /** All bodies are there before the first session is: what waits must not wait in our memory. */
  @Test
  void survivesMoreClientsThanItHasMemoryFor() throws Exception {
    String start = "/v2/" + REPOSITORY + "/blobs/uploads/?digest=" + digest(BLOB).text();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> pushes = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        pushes.add(threads.submit(() -> status(start)));
      }
      for (Future<Integer> push : pushes) {
        assertThat(push.get()).isEqualTo(201);
      }
    }
    assertThat(client.blob(REPOSITORY, digest(BLOB)).body()).isEqualTo(BLOB);
  }

  private int status(String start) {
    try (WireConnection connection = WireConnection.open(registry.port())) {
      connection.head("POST", start, "Content-Length", "" + BLOB.length);
      connection.send(BLOB, 0, BLOB.length);
      return connection.read().status();
    }
  }
}
