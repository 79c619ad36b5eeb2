package io.slipway.blob.cache;

import static io.slipway.testing.PushClient.bytes;
import static io.slipway.testing.PushClient.digest;
import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.blob.BlobContent;
import io.slipway.blob.BlobPlace;
import io.slipway.blob.BlobStream;
import io.slipway.blob.s3.S3Storage;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.StoredData;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache of a few blobs, without a registry. */
class DiskCacheTest {
  private static final int SIZE = 50 * CacheIndex.BLOCK;
  private static final String GET = "^GET blobs/";

  @TempDir private Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final FakeS3 fake = new FakeS3();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CacheIndex index = new CacheIndex(5 * SIZE, 3 * SIZE, 1000, Clock.systemUTC());
  private S3Storage storage;
  private DiskCache cache;

  @BeforeEach
  void open() throws IOException, InterruptedException {
    storage = S3Storage.open(vertx, fake.config(), meters);
    cache = DiskCache.open(vertx, storage.blobs(), folder, index, meters);
  }

  @AfterEach
  void close() throws InterruptedException {
    cache.close();
    storage.close();
    get(vertx.close());
    fake.close();
  }

  private BlobPlace put(byte[] blob) {
    String key = "blobs/sha256/" + digest(blob).hex();
    fake.put(key, blob);
    return BlobPlace.at(digest(blob), key);
  }

  private BlobContent open(byte[] blob) {
    return get(cache.open(put(blob), blob.length));
  }

  /** Reads what is not in a file yet, and waits until it is. */
  private void fill(byte[] blob) {
    assertThat(read(open(blob), blob.length)).isEqualTo(Buffer.buffer(blob));
    awaitRest();
  }

  private void awaitRest() {
    Eventually.happens(
        "the cache rests",
        () ->
            meters.get("slipway.disk.cache.fills").gauge().value() == 0
                && index.evict().isEmpty()
                && new StoredData(folder).files("blobs").size() == index.files());
  }

  private Buffer read(BlobContent content, int size) {
    Promise<Buffer> whole = Promise.promise();
    BlobContent.Streamed streamed = (BlobContent.Streamed) content;
    vertx
        .getOrCreateContext()
        .runOnContext(
            ignored -> streamed.read(0, size).compose(BlobStream::collect).onComplete(whole));
    return get(whole.future());
  }

  @Test
  void dropsWhatWasNotUsedForLongest() {
    for (int i = 0; i < 5; i++) {
      fill(bytes(i, SIZE));
    }
    assertThat(new StoredData(folder).files("blobs")).hasSize(5);
    assertThat(open(bytes(0, SIZE))).isInstanceOf(BlobContent.Cached.class);
    fill(bytes(5, SIZE));
    Eventually.happens("blobs were dropped", () -> index.bytes() <= 3 * SIZE);
    awaitRest();
    assertThat(open(bytes(0, SIZE))).isInstanceOf(BlobContent.Cached.class);
    assertThat(open(bytes(5, SIZE))).isInstanceOf(BlobContent.Cached.class);
    assertThat(open(bytes(1, SIZE))).isInstanceOf(BlobContent.Streamed.class);
    assertThat(meters.get("slipway.disk.cache.evictions").counter().count()).isEqualTo(3);
    assertThat(meters.get("slipway.disk.cache.used").gauge().value()).isEqualTo(3 * SIZE);
    fill(bytes(1, SIZE));
  }

  @Test
  void letsABlobPassThatIsTooLarge() {
    byte[] large = bytes(1, 3 * SIZE);
    assertThat(read(open(large), large.length)).isEqualTo(Buffer.buffer(large));
    assertThat(read(open(large), large.length)).isEqualTo(Buffer.buffer(large));
    assertThat(fake.count(GET)).isEqualTo(2);
    assertThat(new StoredData(folder).files("")).containsExactly("slipway.lock");
  }

  @Test
  void keepsOldFilesWhoseOrderItKnows() throws IOException, InterruptedException {
    fill(bytes(1, SIZE));
    cache.close();
    CacheIndex fresh = new CacheIndex(5 * SIZE, 3 * SIZE, 1000, Clock.systemUTC());
    cache = DiskCache.open(vertx, storage.blobs(), folder, fresh, new SimpleMeterRegistry());
    Eventually.happens("it was found", () -> fresh.files() == 1);
    assertThat(open(bytes(1, SIZE))).isInstanceOf(BlobContent.Cached.class);
  }
}
