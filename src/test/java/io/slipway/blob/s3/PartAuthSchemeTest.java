package io.slipway.blob.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.slipway.testing.FakeS3;
import io.slipway.testing.PushClient;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Signs parts where they are; the server compares every signed body with its hash. */
class PartAuthSchemeTest {
  private static final int MEBIBYTE = 1024 * 1024;

  private final FakeS3 fake = new FakeS3();
  private final S3Clients clients = S3Clients.open(fake.config());
  private final S3Bucket bucket = new S3Bucket(clients.requests(), fake.config(), FakeS3.BUCKET);

  @AfterEach
  void close() {
    clients.close();
    fake.close();
  }

  private static List<ByteBuffer> chunks(int count) {
    return Stream.generate(() -> ByteBuffer.allocateDirect(MEBIBYTE)).limit(count).toList();
  }

  @Test
  void copiesNoBodyToTheHeap() throws Exception {
    List<ByteBuffer> bytes = chunks(16);
    // The first request loads half of the SDK.
    bucket.put("small", chunks(1)).get();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    bucket.put("large", bytes).get();
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2 * MEBIBYTE);
    assertThat(fake.read("large")).hasSize(16 * MEBIBYTE);
    assertThat(fake.seen().bodies()).containsOnly("signed");
  }

  @Test
  void signsAgainForASecondTry() throws Exception {
    byte[] blob = PushClient.bytes(1, 100_000);
    fake.slowDown("^PUT again", 2);
    bucket
        .put(
            "again",
            List.of(
                ByteBuffer.wrap(blob, 0, 40_000).slice(),
                ByteBuffer.allocate(0),
                ByteBuffer.wrap(blob, 40_000, 60_000).slice()))
        .get();
    assertThat(fake.read("again")).isEqualTo(blob);
    bucket.put("nothing", List.of()).get();
    assertThat(fake.read("nothing")).isEmpty();
    assertThat(fake.seen().bodies()).containsOnly("signed");
  }
}
