package io.slipway.clients;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.slipway.blob.ObjectStore;
import io.slipway.blob.s3.OpenBucket;
import io.slipway.database.Migrations;
import io.slipway.metadata.sql.SqlTrash;
import io.slipway.storage.ForwardingObjects;
import io.slipway.storage.TrashCollection;
import io.slipway.testing.FakeS3;
import io.slipway.testing.MinioServer;
import io.slipway.testing.OneProfile;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What it costs to empty the trash on MinIO, one object to a request and many. */
@OneProfile("of a MinIO that the test has for itself")
class MinioTrashIT {
  private static final int OBJECTS = Boolean.getBoolean("slipway.long") ? 20_000 : 1_500;
  private static final int AT_ONCE = 100;

  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();
  @TempDir Path folder;

  /** Counts requests, and makes them of one key each when told so. */
  private record Counted(ObjectStore store, boolean oneByOne, AtomicInteger requests)
      implements ForwardingObjects {
    @Override
    public int deletedAtOnce() {
      return oneByOne ? AT_ONCE : store.deletedAtOnce();
    }

    @Override
    public Future<List<SignedDelete>> sign(List<String> keys) {
      Future<List<SignedDelete>> signed =
          oneByOne
              ? Future.all(keys.stream().map(key -> store.sign(List.of(key))).toList())
                  .map(
                      all -> all.<List<SignedDelete>>list().stream().flatMap(List::stream).toList())
              : store.sign(keys);
      return signed.onSuccess(all -> requests.addAndGet(all.size()));
    }
  }

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void takesFewerRequests() throws Exception {
    get(Migrations.bundled().apply(sqlite.database()));
    try (MinioServer minio = MinioServer.start(folder);
        OpenBucket bucket = OpenBucket.open(FakeS3.config(minio.settings()))) {
      AtomicInteger each = new AtomicInteger();
      AtomicInteger many = new AtomicInteger();
      empty(minio, bucket, new Counted(bucket.storage().objects(), true, each));
      empty(minio, bucket, new Counted(bucket.storage().objects(), false, many));
      assertThat(each.get()).isEqualTo(OBJECTS);
      assertThat(many.get()).isEqualTo(1 + Math.ceilDiv(OBJECTS - AT_ONCE, 1000));
    }
  }

  private void empty(MinioServer minio, OpenBucket bucket, Counted objects) {
    SqlTrash trash = new SqlTrash(sqlite.database());
    List<String> keys = IntStream.range(0, OBJECTS).mapToObj(i -> "uploads/u" + i).toList();
    for (int from = 0; from < OBJECTS; from += AT_ONCE) {
      List<String> some = keys.subList(from, from + AT_ONCE);
      get(
          Future.all(
              some.stream()
                  .map(key -> bucket.storage().copies().put(key, Buffer.buffer(key)))
                  .toList()));
      get(trash.add(some));
    }
    Duration ours = cpu();
    Duration theirs = minio.cpu();
    long start = System.nanoTime();
    TrashCollection collection = new TrashCollection(trash, objects);
    int gone = 0;
    for (int count = get(collection.run()); count > 0; count = get(collection.run())) {
      gone += count;
    }
    System.out.printf(
        "%d objects deleted by %d requests in %d ms; CPU: %d ms here, %d ms MinIO%n",
        gone,
        objects.requests().get(),
        (System.nanoTime() - start) / 1_000_000,
        cpu().minus(ours).toMillis(),
        minio.cpu().minus(theirs).toMillis());
    assertThat(gone).isEqualTo(OBJECTS);
    assertThat(get(bucket.storage().objects().list("uploads/", "", Instant.MAX)).keys()).isEmpty();
  }

  private static Duration cpu() {
    return Duration.ofNanos(
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime());
  }
}
