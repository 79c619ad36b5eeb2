package io.slipway.size;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.GarbageRows;
import io.slipway.testing.StoredData;
import io.slipway.testing.WireConnection;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long a manifest takes while garbage is marked among far more rows than a test pushes. */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class MarkBesidePullsIT {
  private static final boolean LONG = Boolean.getBoolean("slipway.long");

  /** With five blobs each. */
  private static final int MANIFESTS = LONG ? 200_000 : 10_000;

  /** Those that are pulled have bytes of their own: others would be found damaged. */
  private static final int PULLED = LONG ? 10_000 : 1_000;

  private static final int ROUNDS = 3;
  private static final int WARM_UP = LONG ? 20_000 : 2_000;
  private static final int QUIET = LONG ? 5_000 : 1_000;

  /** A short mark says little of one percent; it shows who waits for a page or for the end. */
  private static final double RATIO = LONG ? 2 : 5;

  private static final String INDEX =
      """
      {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[],\
      "annotations":{"number":"%d"}}\
      """;

  private final Random random = new Random(1);
  @TempDir Path data;

  @Test
  void aMarkIsNotInTheWayOfPulls() {
    fill();
    Map<String, String> settings = Map.of("gc.enabled", "false", "gc.http_wait", "10m");
    try (ChildRegistry registry =
            ChildRegistry.start(data, settings, "-Xmx256m", "-XX:TieredStopAtLevel=4");
        WireConnection connection = WireConnection.open(registry.port())) {
      pulls(connection, WARM_UP);
      mark(registry).join();
      double[] ratios = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        long quiet = percentile(pulls(connection, QUIET));
        CompletableFuture<?> mark = mark(registry);
        long[] beside =
            LongStream.generate(() -> pull(connection)).takeWhile(i -> !mark.isDone()).toArray();
        mark.join();
        ratios[round] = (double) percentile(beside) / quiet;
        System.out.printf(
            "%d manifests: p99 of %d quiet pulls %.2f ms, of %d beside a mark %.2f ms%n",
            MANIFESTS, QUIET, quiet / 1e6, beside.length, percentile(beside) / 1e6);
      }
      Arrays.sort(ratios);
      assertThat(ratios[ROUNDS / 2])
          .as("median of %s", Arrays.toString(ratios))
          .isLessThanOrEqualTo(RATIO);
      assertThat(registry.stop()).as(registry.output()).isZero();
    }
  }

  private void fill() {
    try (ChildRegistry first = ChildRegistry.start(data, Map.of())) {
      for (int i = 0; i < PULLED; i++) {
        byte[] manifest = INDEX.formatted(i).getBytes(UTF_8);
        assertThat(first.client().pushManifest(repository(i), "pulled" + i, manifest).statusCode())
            .isEqualTo(201);
      }
      assertThat(first.stop()).isZero();
    }
    StoredData stored = StoredData.of(data);
    new GarbageRows("(SELECT content FROM manifest LIMIT 1)")
        .inserts(0, MANIFESTS)
        .forEach(stored::update);
  }

  /** Returns the repository of one that is pulled: they are in all of them. */
  private static String repository(int pulled) {
    return GarbageRows.repository(pulled * (MANIFESTS / PULLED));
  }

  private static CompletableFuture<Void> mark(ChildRegistry registry) {
    return CompletableFuture.runAsync(
        () -> {
          HttpResponse<byte[]> answer =
              registry.client().send("POST", "/_gc?dry_run=true&grace=0s");
          assertThat(answer.statusCode()).isEqualTo(200);
          assertThat(new JsonObject(new String(answer.body(), UTF_8)).getInteger("deletedLayers"))
              .isEqualTo(2 * GarbageRows.BLOBS * MANIFESTS / GarbageRows.PER_GARBAGE);
        });
  }

  private long[] pulls(WireConnection connection, int count) {
    return LongStream.generate(() -> pull(connection)).limit(count).toArray();
  }

  /** Returns how many nanoseconds it took. */
  private long pull(WireConnection connection) {
    int pulled = random.nextInt(PULLED);
    String path = "/v2/%s/manifests/pulled%d".formatted(repository(pulled), pulled);
    long start = System.nanoTime();
    assertThat(connection.head("GET", path).read().status()).as(path).isEqualTo(200);
    return System.nanoTime() - start;
  }

  private static long percentile(long[] nanos) {
    Arrays.sort(nanos);
    return nanos[nanos.length * 99 / 100];
  }
}
