package io.slipway.blob.s3;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.blob.CopyStore;
import io.slipway.blob.ObjectStore;
import io.slipway.blob.ObjectStore.Page;
import io.slipway.blob.ObjectStore.SignedDelete;
import io.slipway.blob.ObjectStore.Unfinished;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.S3ProxyServer;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A registry on an S3 server that others wrote and that needs only a JVM: s3proxy. */
@OneProfile("has a bucket of its own")
class S3ProxyIT {
  private static final String REPOSITORY = "team/app";
  private static final int MEBIBYTE = 1024 * 1024;
  private static final byte[] NOTHING = new byte[0];

  @TempDir static Path folder;
  private static S3ProxyServer proxy;

  @TempDir Path data;
  private String prefix;
  private TestRegistry registry;
  private PushClient client;

  @BeforeAll
  static void startServer() {
    proxy = S3ProxyServer.start(folder);
  }

  @AfterAll
  static void stopServer() {
    proxy.close();
  }

  @BeforeEach
  void start(TestInfo test) {
    prefix = test.getDisplayName().replaceAll("\\W", "") + "/";
    registry = TestRegistry.start(data, proxy.settings(prefix));
    client = new PushClient(registry.port());
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private void restart() {
    registry.restart();
    client = new PushClient(registry.port());
  }

  private void requirePulled(byte[] blob, int from, int to) {
    HttpResponse<byte[]> pulled =
        client.send(
            "GET",
            "/v2/" + REPOSITORY + "/blobs/" + digest(blob),
            NOTHING,
            "Range",
            "bytes=" + from + "-" + (to - 1));
    assertThat(pulled.statusCode()).isEqualTo(206);
    assertThat(Arrays.equals(pulled.body(), Arrays.copyOfRange(blob, from, to))).isTrue();
  }

  @Test
  void takesAndGivesBlobsOfAnySize() {
    for (int size : new int[] {0, 1, 70_000, 5 * MEBIBYTE, 5 * MEBIBYTE + 1, 23 * MEBIBYTE}) {
      byte[] blob = bytes(size, size);
      assertThat(client.pushBlob(REPOSITORY, blob).statusCode()).as(size + " bytes").isEqualTo(201);
      client.requirePulled(REPOSITORY, blob);
    }
    byte[] large = bytes(23 * MEBIBYTE, 23 * MEBIBYTE);
    requirePulled(large, 0, 1);
    requirePulled(large, 5 * MEBIBYTE - 3, 11 * MEBIBYTE);
    requirePulled(large, large.length - 1, large.length);
    assertThat(proxy.unfinished(prefix)).isEmpty();
  }

  @Test
  void takesBlobsAsDockerSendsThem() {
    for (int size : new int[] {1000, 300_000, 12 * MEBIBYTE + 17}) {
      byte[] blob = bytes(size, size);
      String session = client.start(REPOSITORY);
      assertThat(client.send("PATCH", session, blob).statusCode()).isEqualTo(202);
      assertThat(client.finish(session, digest(blob), NOTHING).statusCode()).isEqualTo(201);
      client.requirePulled(REPOSITORY, blob);
    }
  }

  @Test
  void goesOnWithAnUploadInAnotherLifeOfTheProcess() {
    byte[] blob = bytes(3, 17 * MEBIBYTE);
    int[] ends = {10, 60_000, 200_000, 4 * MEBIBYTE, 9 * MEBIBYTE + 5, blob.length};
    String session = client.start(REPOSITORY);
    int start = 0;
    for (int end : ends) {
      byte[] chunk = Arrays.copyOfRange(blob, start, end);
      assertThat(client.patch(session, start, chunk).statusCode()).isEqualTo(202);
      restart();
      assertThat(client.received(session)).isEqualTo(end);
      start = end;
    }
    assertThat(client.finish(session, digest(blob), NOTHING).statusCode()).isEqualTo(201);
    client.requirePulled(REPOSITORY, blob);
    assertThat(proxy.unfinished(prefix)).isEmpty();
  }

  @Test
  void deletesWhatACancelledSessionStored() {
    String session = client.start(REPOSITORY);
    client.patch(session, 0, bytes(8, 11 * MEBIBYTE));
    assertThat(proxy.unfinished(prefix)).hasSize(1);
    assertThat(client.send("DELETE", session).statusCode()).isEqualTo(204);
    assertThat(proxy.unfinished(prefix)).isEmpty();
    assertThat(proxy.keys(prefix)).noneMatch(key -> key.startsWith("uploads/"));
  }

  /**
   * One is copied in one request, the other in parts; presigned requests delete where they were.
   */
  @Test
  void movesBlobsHomeAndDeletesWhereTheyWere() {
    byte[] small = bytes(9, 6 * MEBIBYTE);
    byte[] large = bytes(10, 43 * MEBIBYTE);
    client.pushBlob(REPOSITORY, small);
    client.pushBlob(REPOSITORY, large);
    StoredData stored = new StoredData(data);
    Eventually.happens(
        "both are at home",
        () ->
            stored
                .query("SELECT count(*) FROM blob WHERE location LIKE 'blobs/%'")
                .equals(List.of("2")));
    assertThat(proxy.keys(prefix)).filteredOn(key -> key.startsWith("uploads/")).hasSize(2);
    registry.close();
    stored.update("UPDATE trash SET due = due - 3600000");
    registry = TestRegistry.start(data, proxy.settings(prefix));
    client = new PushClient(registry.port());
    Eventually.happens(
        "nothing is where it was",
        () -> proxy.keys(prefix).stream().noneMatch(key -> key.startsWith("uploads/")));
    assertThat(proxy.keys(prefix))
        .contains("blobs/sha256/" + digest(small).hex(), "blobs/sha256/" + digest(large).hex());
    assertThat(proxy.unfinished(prefix)).isEmpty();
    client.requirePulled(REPOSITORY, small);
    client.requirePulled(REPOSITORY, large);
  }

  @Test
  void listsAndDeletesForTheHousekeeping() throws Exception {
    Vertx vertx = Vertx.vertx();
    S3Storage storage =
        S3Storage.open(vertx, proxy.config(prefix + "other/"), new SimpleMeterRegistry());
    try {
      CopyStore copies = storage.copies();
      ObjectStore objects = storage.objects();
      for (int i = 0; i < 1010; i++) {
        get(copies.put("uploads/lost" + i, Buffer.buffer("x")));
      }
      Instant later = Instant.now().plus(Duration.ofMinutes(1));
      Page first = get(objects.list("uploads/", "", later));
      assertThat(first.keys()).hasSize(1000).contains("uploads/lost0");
      Page second = get(objects.list("uploads/", first.last(), later));
      assertThat(second.keys()).hasSize(10).doesNotContainAnyElementsOf(first.keys());
      assertThat(second.last()).isEmpty();
      assertThat(get(objects.list("uploads/", "", Instant.EPOCH)).keys()).isEmpty();
      List<SignedDelete> deletes = get(objects.sign(List.of("uploads/lost0", "uploads/never")));
      for (SignedDelete delete : deletes) {
        assertThat(get(delete.send())).isEqualTo(delete.keys());
      }
      assertThat(proxy.keys(prefix + "other/")).hasSize(1009).doesNotContain("uploads/lost0");
      proxy.begin(prefix + "other/uploads/lost");
      proxy.begin(prefix + "other/blobs/sha256/lost");
      List<Unfinished> unfinished =
          get(objects.unfinished("blobs/", Unfinished.NONE, later)).uploads();
      assertThat(unfinished).extracting(Unfinished::key).containsExactly("blobs/sha256/lost");
      get(objects.abort(unfinished.getFirst()));
      get(objects.abort(unfinished.getFirst()));
      assertThat(proxy.unfinished(prefix + "other/")).containsExactly("uploads/lost");
    } finally {
      storage.close();
      get(vertx.close());
    }
  }
}
