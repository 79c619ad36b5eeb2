package io.slipway.blob.cache;

import static io.slipway.blob.cache.CachedS3.GET;
import static io.slipway.blob.cache.CachedS3.MEBIBYTE;
import static io.slipway.blob.cache.CachedS3.answer;
import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.S3Fault;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls a blob that is being fetched for somebody else. */
@OneProfile("of a bucket that the test has for itself")
class SharedFillIT {
  private static final int READERS = 100;

  @TempDir Path folder;
  private CachedS3 cached;

  @BeforeEach
  void start() {
    cached = new CachedS3(folder, "ops.port", "0");
  }

  @AfterEach
  void stop() {
    cached.close();
    assertThat(cached.unfinished()).isEmpty();
  }

  private static void requireWhole(HttpResponse<byte[]> response, byte[] blob) {
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Arrays.equals(response.body(), blob)).isTrue();
  }

  /** Waits until so many bytes have come from S3, and no more are to be had. */
  private void awaitFilled(long bytes) {
    Eventually.happens(
        bytes + " bytes are in the file",
        () ->
            cached.unfinished().stream()
                .anyMatch(file -> cached.cache().resolve(file).toFile().length() >= bytes));
  }

  @Test
  void readsOnceForAHundredReaders() {
    byte[] blob = cached.pushed(1, 4 * MEBIBYTE);
    S3Fault fault = cached.fake().holdBody(GET, MEBIBYTE, 1000);
    List<CompletableFuture<HttpResponse<byte[]>>> answers =
        IntStream.range(0, READERS).mapToObj(i -> cached.getLater(blob)).toList();
    awaitFilled(MEBIBYTE - 200_000);
    fault.lift();
    answers.forEach(answer -> requireWhole(answer.join(), blob));
    assertThat(cached.reads()).isEqualTo(1);
    assertThat(cached.fake().sent()).isEqualTo(blob.length);
    cached.awaitKept(1);
  }

  @Test
  void doesNotWaitForASlowReader() throws IOException {
    byte[] blob = cached.pushed(2, 48 * MEBIBYTE);
    try (Socket slow = cached.socket(blob)) {
      slow.getInputStream().readNBytes(1);
      requireWhole(cached.get(blob), blob);
      cached.awaitKept(1);
      Files.delete(cached.file(digest(blob)));
      readRest(slow, blob);
    }
    assertThat(cached.reads()).isEqualTo(1);
    requireWhole(cached.get(blob), blob);
    cached.awaitKept(1);
  }

  private static void readRest(Socket socket, byte[] blob) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    assertThat(Arrays.equals(in.readNBytes(blob.length), blob)).isTrue();
  }

  @Test
  void stopsWhenTheLastReaderHasGone() throws IOException {
    byte[] blob = cached.pushed(3, 32 * MEBIBYTE);
    S3Fault fault = cached.fake().holdBody(GET, 20 * MEBIBYTE, 1000);
    try (Socket last = cached.socket(blob)) {
      try (Socket first = cached.socket(blob)) {
        assertThat(first.getInputStream().readNBytes(1000)).hasSize(1000);
        assertThat(last.getInputStream().readNBytes(1000)).hasSize(1000);
      }
      awaitFilled(19 * MEBIBYTE);
      assertThat(cached.fake().sending()).isEqualTo(1);
    }
    Eventually.happens("S3 is left alone", () -> cached.fake().sending() == 0);
    Eventually.happens("nothing is left", () -> cached.unfinished().isEmpty());
    assertThat(cached.kept()).isEmpty();
    fault.lift();
    requireWhole(cached.get(blob), blob);
    assertThat(cached.reads()).isEqualTo(2);
    cached.awaitKept(1);
  }

  @Test
  void followsForARangeThatIsThereAndReadsAnother() {
    byte[] blob = cached.pushed(4, 24 * MEBIBYTE);
    S3Fault fault = cached.fake().holdBody(GET, 8 * MEBIBYTE, 1);
    CompletableFuture<HttpResponse<byte[]>> whole = cached.getLater(blob);
    awaitFilled(7 * MEBIBYTE);
    HttpResponse<byte[]> near = cached.get(blob, "Range", "bytes=5000000-5999999");
    assertThat(near.statusCode()).isEqualTo(206);
    assertThat(answer(near)).isEqualTo("MISS");
    assertThat(near.body()).isEqualTo(Arrays.copyOfRange(blob, 5_000_000, 6_000_000));
    assertThat(cached.reads()).isEqualTo(1);
    HttpResponse<byte[]> far = cached.get(blob, "Range", "bytes=20000000-20000009");
    assertThat(far.body()).isEqualTo(Arrays.copyOfRange(blob, 20_000_000, 20_000_010));
    assertThat(cached.reads()).isEqualTo(2);
    fault.lift();
    requireWhole(whole.join(), blob);
    assertThat(cached.reads()).isEqualTo(2);
    cached.awaitKept(1);
  }

  @Test
  void doesNotNeedTheNameOfTheFile() throws IOException {
    byte[] blob = cached.pushed(5, 8 * MEBIBYTE);
    S3Fault fault = cached.fake().holdBody(GET, 2 * MEBIBYTE, 1);
    CompletableFuture<HttpResponse<byte[]>> whole = cached.getLater(blob);
    awaitFilled(MEBIBYTE);
    for (String file : cached.unfinished()) {
      Files.delete(cached.cache().resolve(file));
    }
    fault.lift();
    requireWhole(whole.join(), blob);
    assertThat(cached.reads()).isEqualTo(1);
    Eventually.happens("it was not kept", () -> metric("slipway_disk_cache_fills").equals("0.0"));
    assertThat(cached.kept()).isEmpty();
  }

  private String metric(String name) {
    HttpResponse<byte[]> page =
        cached.registry().send("GET", cached.registry().opsUri("/metrics").toString());
    return new String(page.body(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1))
        .findFirst()
        .orElse("none");
  }

  @Test
  void endsEveryReadersAnswerWhenBytesAreWrong() throws IOException {
    byte[] blob = cached.pushed(6, 3 * MEBIBYTE);
    cached.fake().spoilBody(GET, 1);
    List<CompletableFuture<HttpResponse<byte[]>>> answers =
        IntStream.range(0, 10).mapToObj(i -> cached.getLater(blob)).toList();
    for (CompletableFuture<HttpResponse<byte[]>> one : answers) {
      HttpResponse<byte[]> response = one.exceptionally(failure -> null).join();
      // Who came after the others had failed got the right ones.
      if (response != null && response.statusCode() == 200) {
        assertThat(Arrays.equals(response.body(), blob)).isTrue();
      }
    }
    assertThat(answers).anyMatch(CompletableFuture::isCompletedExceptionally);
  }
}
