package io.slipway.blob.cache;

import static io.slipway.blob.cache.CachedS3.GET;
import static io.slipway.blob.cache.CachedS3.MEBIBYTE;
import static io.slipway.blob.cache.CachedS3.REPOSITORY;
import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.S3Fault;
import io.slipway.testing.StoredData;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls through a cache whose folder, process or clients are not kind to it. */
@OneProfile("of a bucket that the test has for itself")
class CacheUnderLoadIT {
  private static final Duration LOAD =
      Duration.ofSeconds(Boolean.getBoolean("slipway.long") ? 60 : 3);
  private static final int PULLERS = 6;

  @TempDir Path folder;

  @Test
  void sendsTheSameBytesWhateverIsDeleted() throws InterruptedException {
    try (CachedS3 cached = new CachedS3(folder)) {
      List<byte[]> blobs =
          IntStream.range(0, 12).mapToObj(i -> cached.pushed(i, 300_000 + i * 100_000)).toList();
      long end = System.nanoTime() + LOAD.toNanos();
      AtomicInteger pulls = new AtomicInteger();
      AtomicInteger deletions = new AtomicInteger();
      List<Throwable> failures = new ArrayList<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < PULLERS; i++) {
        Random random = new Random(i);
        threads.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      try {
                        while (System.nanoTime() < end) {
                          pull(cached, blobs.get(random.nextInt(blobs.size())), random);
                          pulls.incrementAndGet();
                        }
                      } catch (Throwable e) {
                        synchronized (failures) {
                          failures.add(e);
                        }
                      }
                    }));
      }
      AtomicBoolean over = new AtomicBoolean();
      Thread deleter =
          Thread.ofPlatform().start(() -> deleteUntil(over, cached.cache(), deletions));
      for (Thread thread : threads) {
        thread.join();
      }
      over.set(true);
      deleter.join();
      assertThat(failures).isEmpty();
      assertThat(pulls).hasPositiveValue();
      assertThat(deletions).hasPositiveValue();
      Eventually.happens("no fill is left", () -> cached.unfinished().isEmpty());
    }
  }

  private static void pull(CachedS3 cached, byte[] blob, Random random) {
    if (random.nextInt(4) == 0) {
      int from = random.nextInt(blob.length - 1000);
      HttpResponse<byte[]> part = cached.get(blob, "Range", "bytes=" + from + "-" + (from + 999));
      assertThat(part.statusCode()).isEqualTo(206);
      assertThat(part.body()).isEqualTo(Arrays.copyOfRange(blob, from, from + 1000));
    } else {
      HttpResponse<byte[]> whole = cached.get(blob);
      assertThat(whole.statusCode()).isEqualTo(200);
      assertThat(Arrays.equals(whole.body(), blob)).isTrue();
    }
  }

  private static void deleteUntil(AtomicBoolean over, Path root, AtomicInteger deletions) {
    Random random = new Random(99);
    while (!over.get()) {
      List<String> files = new ArrayList<>();
      try {
        files.addAll(new StoredData(root).files("blobs"));
        files.addAll(new StoredData(root).files("fills"));
        if (!files.isEmpty()
            && Files.deleteIfExists(root.resolve(files.get(random.nextInt(files.size()))))) {
          deletions.incrementAndGet();
        }
      } catch (IOException | UncheckedIOException e) {
        // A file went while the folder was looked at.
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void beginsAnewAfterKillNine() throws IOException {
    byte[] blob = bytes(1, 8 * MEBIBYTE);
    byte[] kept = bytes(2, MEBIBYTE);
    try (FakeS3 fake = new FakeS3()) {
      Map<String, String> settings = new HashMap<>();
      for (int i = 0; i < fake.settings().length; i += 2) {
        settings.put(fake.settings()[i], fake.settings()[i + 1]);
      }
      settings.put("storage.cache.disk_path", folder.resolve("cache").toString());
      StoredData cache = new StoredData(folder.resolve("cache"));
      try (ChildRegistry child = ChildRegistry.start(folder.resolve("data"), settings)) {
        child.client().pushBlob(REPOSITORY, blob);
        child.client().pushBlob(REPOSITORY, kept);
        assertThat(child.client().blob(REPOSITORY, digest(kept)).body()).isEqualTo(kept);
        Eventually.happens("one is kept", () -> cache.files("blobs").size() == 1);
        S3Fault fault = fake.holdBody(GET, 2 * MEBIBYTE, 1);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), child.port())) {
          String request = "GET " + CachedS3.path(blob) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
          socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
          assertThat(socket.getInputStream().readNBytes(100_000)).hasSize(100_000);
          assertThat(cache.files("fills")).hasSize(1);
          child.kill();
        }
        fault.lift();
      }
      assertThat(cache.files("fills")).hasSize(1);
      try (ChildRegistry child = ChildRegistry.start(folder.resolve("data"), settings)) {
        assertThat(cache.files("fills")).isEmpty();
        PushClient client = child.client();
        Eventually.happens("what was kept is found", () -> child.output().contains("has 1 blobs"));
        HttpResponse<byte[]> hit = client.blob(REPOSITORY, digest(kept));
        assertThat(hit.body()).isEqualTo(kept);
        assertThat(CachedS3.answer(hit)).isEqualTo("HIT");
        HttpResponse<byte[]> miss = client.blob(REPOSITORY, digest(blob));
        assertThat(Arrays.equals(miss.body(), blob)).isTrue();
        assertThat(CachedS3.answer(miss)).isEqualTo("MISS");
        assertThat(child.output())
            .contains("Cache HIT for layer " + digest(kept).text() + " (served from disk)");
        assertThat(child.stop()).isZero();
      }
    }
  }

  @Test
  void sendsTheSameBytesOverHttp2() throws TimeoutException {
    Vertx vertx = Vertx.vertx();
    HttpClientAgent client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    try (CachedS3 cached = new CachedS3(folder)) {
      byte[] blob = cached.pushed(3, 5 * MEBIBYTE);
      Buffer middle = Buffer.buffer(Arrays.copyOfRange(blob, 1_000_000, 2_000_000));
      assertThat(pull(client, cached, blob, "bytes=1000000-1999999", "MISS")).isEqualTo(middle);
      assertThat(pull(client, cached, blob, "", "MISS")).isEqualTo(Buffer.buffer(blob));
      assertThat(pull(client, cached, blob, "", "HIT")).isEqualTo(Buffer.buffer(blob));
      cached.awaitKept(1);
      assertThat(pull(client, cached, blob, "", "HIT")).isEqualTo(Buffer.buffer(blob));
      assertThat(pull(client, cached, blob, "bytes=1000000-1999999", "HIT")).isEqualTo(middle);
      assertThat(cached.reads()).isEqualTo(2);
      Files.delete(cached.file(digest(blob)));
      assertThat(pull(client, cached, blob, "", "MISS")).isEqualTo(Buffer.buffer(blob));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      client.close().await(10, TimeUnit.SECONDS);
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  private static Buffer pull(
      HttpClientAgent client, CachedS3 cached, byte[] blob, String range, String answer)
      throws TimeoutException {
    return client
        .request(HttpMethod.GET, cached.registry().port(), "127.0.0.1", CachedS3.path(blob))
        .compose(
            request -> {
              HttpClientRequest with =
                  range.isEmpty() ? request : request.putHeader("Range", range);
              return with.send();
            })
        .compose(
            response -> {
              assertThat(response.getHeader("X-Cache")).isEqualTo(answer);
              return response.body();
            })
        .await(30, TimeUnit.SECONDS);
  }
}
