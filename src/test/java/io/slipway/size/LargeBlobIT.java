package io.slipway.size;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.TestProfile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pushes and pulls blobs larger than the memory of the server, three at once each way: a server
 * that kept one of them would run out of memory and end.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class LargeBlobIT {
  private static final boolean LONG = Boolean.getBoolean("slipway.long");
  private static final long MEGABYTE = 1_000_000;
  private static final long SMALL =
      LONG && !TestProfile.isCluster() ? 100 * MEGABYTE : 30 * MEGABYTE;

  /** The bucket of the tests is in memory. */
  private static final long LARGE =
      TestProfile.isCluster() ? 90 * MEGABYTE : LONG ? 10_000 * MEGABYTE : 200 * MEGABYTE;

  /** What compilers and collector differ by, in MiB; a short run ends before they come to rest. */
  private static final long NOISE = LONG ? 32 : 64;

  private static final String REPOSITORY = "large/blobs";

  /** As the launcher starts it, but with less memory, all of the heap held from the beginning. */
  private static final String[] SMALL_MEMORY = {
    "-Xmx96m",
    "-XX:+AlwaysPreTouch",
    "-XX:MaxDirectMemorySize=64m",
    "-XX:ReservedCodeCacheSize=64m",
    "-Xss512k",
    "-XX:TieredStopAtLevel=4",
    "-Dio.netty.allocator.type=pooled"
  };

  private static final Map<String, String> SMALL_BUFFERS =
      Map.of("storage.s3.upload_memory", "16MiB");

  @TempDir Path smallData;
  @TempDir Path largeData;

  @Test
  void takeTheSameMemoryAsSmallOnes() throws Exception {
    assertThat(Files.getFileStore(largeData).getUsableSpace())
        .as("free bytes on the disk of %s", largeData)
        .isGreaterThan(4 * LARGE);
    PeakMemory small = pushAndPull(smallData, SMALL);
    PeakMemory large = pushAndPull(largeData, LARGE);
    System.out.printf("3 x %d MB: %s%n", SMALL / MEGABYTE, small);
    System.out.printf("3 x %d MB: %s%n", LARGE / MEGABYTE, large);
    assertThat(large.resident()).isLessThan(small.resident() + NOISE);
    assertThat(large.anonymous()).isLessThan(small.anonymous() + NOISE);
  }

  private static PeakMemory pushAndPull(Path data, long length) throws Exception {
    try (ChildRegistry registry = ChildRegistry.start(data, SMALL_BUFFERS, SMALL_MEMORY);
        PeakMemory peak = new PeakMemory(registry.pid());
        Http2Traffic http2 = new Http2Traffic(registry.port(), REPOSITORY)) {
      try {
        pushAndPull(new Http1Traffic(registry.port(), REPOSITORY), http2, length);
      } catch (Exception e) {
        throw new AssertionError("the registry said: " + registry.output(), e);
      }
      assertThat(registry.stop()).as(registry.output()).isZero();
      return peak;
    }
  }

  private static void pushAndPull(Http1Traffic http1, Http2Traffic http2, long length)
      throws Exception {
    // No length is a multiple of a block, and no two blobs are the same.
    List<StreamedBlob> blobs =
        LongStream.range(0, 3).mapToObj(seed -> new StreamedBlob(seed, length + seed)).toList();
    StreamedBlob read = new StreamedBlob(4, SMALL / 2);
    String small = http1.post(read);
    List<String> digests =
        atOnce(
            List.of(
                () -> http1.put(blobs.get(0)),
                () -> http1.stream(blobs.get(1)),
                () -> http2.pushChunks(blobs.get(2)),
                () -> done(() -> http1.pull(read, small)),
                () -> done(() -> http1.pullRanges(read, small, 5)),
                () -> done(() -> http2.pull(read, small))));
    atOnce(
        List.of(
            () -> done(() -> http1.pull(blobs.get(0), digests.get(0))),
            () -> done(() -> http2.pull(blobs.get(1), digests.get(1))),
            () -> done(() -> http1.pullRanges(blobs.get(2), digests.get(2), 3))));
  }

  private static String done(Runnable pull) {
    pull.run();
    return "";
  }

  /** Returns what each of them returned, in their order. */
  private static List<String> atOnce(List<Callable<String>> all) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<String> results = new ArrayList<>();
      for (Future<String> one : threads.invokeAll(all)) {
        results.add(one.get());
      }
      return results;
    }
  }
}
