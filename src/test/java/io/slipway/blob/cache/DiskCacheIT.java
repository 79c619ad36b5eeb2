package io.slipway.blob.cache;

import static io.slipway.blob.cache.CachedS3.GET;
import static io.slipway.blob.cache.CachedS3.MEBIBYTE;
import static io.slipway.blob.cache.CachedS3.answer;
import static io.slipway.blob.cache.CachedS3.path;
import static io.slipway.testing.PushClient.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Pulls through the cache, one client at a time. */
@OneProfile("of a bucket that the test has for itself")
class DiskCacheIT {
  @TempDir Path folder;
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private CachedS3 cached;

  @BeforeEach
  void start() {
    cached = new CachedS3(folder);
    lines.start();
    logger().setLevel(Level.INFO);
    logger().addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger().detachAppender(lines);
    logger().setLevel(null);
    cached.close();
    assertThat(cached.unfinished()).isEmpty();
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("io.slipway.blob.cache");
  }

  private List<String> lines(String part) {
    return List.copyOf(lines.list).stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.contains(part))
        .toList();
  }

  private void requireWhole(HttpResponse<byte[]> response, byte[] blob, String answer) {
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Arrays.equals(response.body(), blob)).isTrue();
    assertThat(answer(response)).isEqualTo(answer);
  }

  @Test
  void missesOnceThenHits() {
    byte[] blob = cached.pushed(1, 3 * MEBIBYTE);
    requireWhole(cached.get(blob), blob, "MISS");
    // At once: the file may not have its name yet.
    requireWhole(cached.get(blob), blob, "HIT");
    cached.awaitKept(1);
    requireWhole(cached.get(blob), blob, "HIT");
    assertThat(cached.file(digest(blob))).hasBinaryContent(blob);
    assertThat(cached.reads()).isEqualTo(1);
    String layer = digest(blob).text();
    assertThat(lines("Cache MISS"))
        .containsExactly("Cache MISS for layer " + layer + " (fetched from S3, cached)");
    assertThat(lines("Cache HIT"))
        .containsExactly(
            "Cache HIT for layer " + layer + " (served from disk)",
            "Cache HIT for layer " + layer + " (served from disk)");
  }

  @Test
  void answersHeadFromTheDatabase() {
    byte[] blob = cached.pushed(2, MEBIBYTE);
    cached.get(blob);
    cached.awaitKept(1);
    HttpResponse<byte[]> head = cached.registry().send("HEAD", path(blob));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(answer(head)).isEqualTo("none");
    assertThat(cached.client().send("DELETE", path(blob)).statusCode()).isEqualTo(202);
    assertThat(cached.file(digest(blob))).exists();
    assertThat(cached.registry().send("HEAD", path(blob)).statusCode()).isEqualTo(404);
    HttpResponse<byte[]> deleted = cached.get(blob);
    assertThat(deleted.statusCode()).isEqualTo(404);
    assertThat(answer(deleted)).isEqualTo("none");
  }

  @Test
  void keepsSmallBlobsInMemoryAndOnDisk() {
    byte[] blob = cached.pushed(3, 1000);
    requireWhole(cached.get(blob), blob, "MISS");
    requireWhole(cached.get(blob), blob, "HIT");
    cached.awaitKept(1);
    assertThat(cached.reads()).isEqualTo(1);
    assertThat(lines("Cache HIT"))
        .containsExactly("Cache HIT for layer " + digest(blob).text() + " (served from memory)");
    cached.registry().restart();
    requireWhole(cached.get(blob), blob, "HIT");
    assertThat(cached.reads()).isEqualTo(1);
    byte[] nothing = cached.pushed(4, 0);
    requireWhole(cached.get(nothing), nothing, "MISS");
    requireWhole(cached.get(nothing), nothing, "HIT");
  }

  @Test
  void goesToS3ForASmallFileThatHasOtherBytes() throws Exception {
    byte[] blob = cached.pushed(8, 1000);
    cached.get(blob);
    cached.awaitKept(1);
    cached.registry().restart();
    Eventually.happens("what was kept is found", () -> !lines("has 1 blobs, 4096").isEmpty());
    byte[] rotten = blob.clone();
    rotten[500]++;
    Files.write(cached.file(digest(blob)), rotten);
    requireWhole(cached.get(blob), blob, "MISS");
    cached.awaitKept(1);
    cached.registry().restart();
    requireWhole(cached.get(blob), blob, "HIT");
    assertThat(cached.reads()).isEqualTo(2);
  }

  @Test
  void readsNothingButARangeOfAColdBlob() {
    byte[] blob = cached.pushed(5, 6 * MEBIBYTE);
    long before = cached.fake().sent();
    HttpResponse<byte[]> part = cached.get(blob, "Range", "bytes=1000-70999");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(answer(part)).isEqualTo("MISS");
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(blob, 1000, 71_000));
    cached.get(blob, "Range", "bytes=0-9,5000000-5000009");
    assertThat(cached.fake().sent() - before).isEqualTo(70_020);
    assertThat(cached.kept()).isEmpty();
    assertThat(lines("Cache MISS"))
        .hasSize(2)
        .containsOnly(
            "Cache MISS for layer " + digest(blob).text() + " (fetched from S3, not cached)");
  }

  @Test
  void survivesARestart() {
    byte[] blob = cached.pushed(6, 2 * MEBIBYTE);
    cached.get(blob);
    cached.registry().restart();
    assertThat(cached.kept()).hasSize(1);
    Eventually.happens("what was kept is found", () -> !lines("has 1 blobs, 2097152").isEmpty());
    requireWhole(cached.get(blob), blob, "HIT");
    assertThat(cached.reads()).isEqualTo(1);
  }

  @Test
  void goesToS3ForAFileThatIsGoneOrShort() throws Exception {
    byte[] blob = cached.pushed(7, 2 * MEBIBYTE);
    cached.get(blob);
    cached.awaitKept(1);
    Files.delete(cached.file(digest(blob)));
    requireWhole(cached.get(blob), blob, "MISS");
    cached.awaitKept(1);
    requireWhole(cached.get(blob), blob, "HIT");
    assertThat(cached.reads()).isEqualTo(2);
    Files.write(cached.file(digest(blob)), Arrays.copyOf(blob, 100));
    requireWhole(cached.get(blob), blob, "MISS");
    Eventually.happens(
        "it is kept anew", () -> cached.file(digest(blob)).toFile().length() == blob.length);
    Files.delete(cached.file(digest(blob)));
    HttpResponse<byte[]> part = cached.get(blob, "Range", "bytes=10-19");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(answer(part)).isEqualTo("MISS");
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(blob, 10, 20));
  }

  @Test
  void neverEndsAnAnswerWithWrongBytesNorKeepsThem() {
    byte[] large = cached.pushed(8, 3 * MEBIBYTE);
    byte[] small = cached.pushed(9, 20_000);
    cached.fake().spoilBody(GET, 2);
    assertThatThrownBy(() -> cached.get(large)).hasRootCauseInstanceOf(Exception.class);
    assertThat(cached.get(small).statusCode()).isEqualTo(503);
    Eventually.happens("nothing is left", () -> cached.unfinished().isEmpty());
    assertThat(cached.kept()).isEmpty();
    requireWhole(cached.get(large), large, "MISS");
    requireWhole(cached.get(small), small, "MISS");
    cached.awaitKept(2);
  }

  @Test
  void breaksOffWhenS3DoesAndKeepsNothing() {
    byte[] blob = cached.pushed(10, 3 * MEBIBYTE);
    var first = cached.fake().breakBody(GET, 1_000_000, 1);
    requireWhole(cached.get(blob), blob, "MISS");
    assertThat(first.hits()).isEqualTo(1);
    cached.awaitKept(1);
    byte[] other = cached.pushed(11, 3 * MEBIBYTE);
    var fault = cached.fake().error(GET, 1000);
    HttpResponse<byte[]> refused = cached.get(other);
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(answer(refused)).isEqualTo("none");
    requireWhole(cached.get(blob), blob, "HIT");
    fault.lift();
    requireWhole(cached.get(other), other, "MISS");
    cached.awaitKept(2);
  }

  @Test
  void isNotNeeded() throws Exception {
    byte[] blob = cached.pushed(12, MEBIBYTE);
    cached.get(blob);
    cached.awaitKept(1);
    for (String folder : Set.of("blobs", "fills")) {
      deleteAll(cached.cache().resolve(folder));
    }
    Files.delete(cached.cache().resolve("slipway.lock"));
    requireWhole(cached.get(blob), blob, "MISS");
    cached.awaitKept(1);
    requireWhole(cached.get(blob), blob, "HIT");
    deleteAll(cached.cache().resolve("fills"));
    Files.writeString(cached.cache().resolve("fills"), "in the way");
    byte[] other = cached.pushed(13, MEBIBYTE);
    requireWhole(cached.get(other), other, "MISS");
    requireWhole(cached.get(other), other, "MISS");
    assertThat(lines("the disk of the cache fails")).hasSize(1);
    Files.delete(cached.cache().resolve("fills"));
  }

  private static void deleteAll(Path root) throws Exception {
    try (var files = Files.walk(root)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
