package io.slipway.size;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.GarbageRows;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long a push takes while much garbage is swept, which takes locks and writes as it does. */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class SweepBesidePushesIT {
  private static final boolean LONG = Boolean.getBoolean("slipway.long");

  /** All of them garbage, with five blobs each. */
  private static final int MANIFESTS = LONG ? 20_000 : 4_000;

  private static final int ROUNDS = LONG ? 3 : 1;
  private static final int WARM_UP = LONG ? 3_000 : 500;
  private static final int QUIET = LONG ? 2_000 : 300;

  /** Who waits for the end of a sweep, or for a second of it, is far beyond. */
  private static final double RATIO = LONG ? 3 : 8;

  private static final byte[] CONFIG = "{}".getBytes(UTF_8);

  @TempDir Path data;
  private int pushed;

  @Test
  void aSweepIsNotInTheWayOfPushes() {
    try (ChildRegistry first = ChildRegistry.start(data, Map.of())) {
      push(first.client());
      assertThat(first.stop()).isZero();
    }
    double[] ratios = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      fill(round);
      ratios[round] = round();
    }
    Arrays.sort(ratios);
    assertThat(ratios[ROUNDS / 2])
        .as("median of %s", Arrays.toString(ratios))
        .isLessThanOrEqualTo(RATIO);
  }

  /** Returns how many times as long the slowest of a hundred takes beside a sweep. */
  private double round() {
    Map<String, String> settings = Map.of("gc.enabled", "false", "gc.http_wait", "10m");
    try (ChildRegistry registry =
        ChildRegistry.start(data, settings, "-Xmx256m", "-XX:TieredStopAtLevel=4")) {
      PushClient client = registry.client();
      pushes(client, WARM_UP);
      long quiet = percentile(pushes(client, QUIET));
      CompletableFuture<?> sweep = sweep(registry);
      long[] beside =
          LongStream.generate(() -> push(client)).takeWhile(i -> !sweep.isDone()).toArray();
      sweep.join();
      long slow = percentile(beside);
      System.out.printf(
          "%d manifests and %d blobs swept: p99 of %d quiet pushes %.1f ms, of %d beside %.1f ms%n",
          MANIFESTS, MANIFESTS * GarbageRows.BLOBS, QUIET, quiet / 1e6, beside.length, slow / 1e6);
      assertThat(registry.stop()).as(registry.output()).isZero();
      return (double) slow / quiet;
    }
  }

  /** Inserts manifests that have lost their tags long ago. */
  private void fill(int round) {
    StoredData stored = StoredData.of(data);
    new GarbageRows("(SELECT content FROM manifest LIMIT 1)")
        .inserts(round * MANIFESTS, (round + 1) * MANIFESTS)
        .forEach(stored::update);
    stored.update("DELETE FROM tag WHERE repo LIKE 'team/r%'");
    stored.update("DELETE FROM tag_history WHERE repo LIKE 'team/r%'");
  }

  private static CompletableFuture<Void> sweep(ChildRegistry registry) {
    return CompletableFuture.runAsync(
        () -> {
          HttpResponse<byte[]> answer = registry.client().send("POST", "/_gc?grace=1h");
          assertThat(answer.statusCode()).isEqualTo(200);
          String report = new String(answer.body(), UTF_8);
          assertThat(new JsonObject(report).getInteger("deletedLayers"))
              .as(report)
              .isEqualTo(GarbageRows.BLOBS * MANIFESTS);
        });
  }

  private long[] pushes(PushClient client, int count) {
    return LongStream.generate(() -> push(client)).limit(count).toArray();
  }

  /** Returns how many nanoseconds an image of one small layer took. */
  private long push(PushClient client) {
    byte[] layer = PushClient.bytes(pushed++, 1000);
    long start = System.nanoTime();
    assertThat(client.pushBlob("app", CONFIG).statusCode()).isEqualTo(201);
    assertThat(client.pushBlob("app", layer).statusCode()).isEqualTo(201);
    byte[] manifest = PushClient.manifest(CONFIG, layer);
    assertThat(client.pushManifest("app", "latest", manifest).statusCode()).isEqualTo(201);
    return System.nanoTime() - start;
  }

  private static long percentile(long[] nanos) {
    Arrays.sort(nanos);
    return nanos[nanos.length * 99 / 100];
  }
}
