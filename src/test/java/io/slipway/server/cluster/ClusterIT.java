package io.slipway.server.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three nodes find each other, notice who is gone, and wait for nobody. */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
class ClusterIT {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterIT.class);
  private static final Duration JOIN = Duration.ofSeconds(5);
  private static final Duration NOTICED = Duration.ofSeconds(10);
  private static final int REQUESTS = Boolean.getBoolean("slipway.long") ? 400 : 60;

  private static final byte[] LAYER = PushClient.bytes(1, 1000);
  private static final byte[] CONFIG = PushClient.bytes(2, 100);

  @TempDir private Path folder;

  @Test
  void noticesWhoIsGone() {
    try (ClusterNodes cluster = ClusterNodes.start(folder, 3)) {
      for (int i = 0; i < 3; i++) {
        cluster.awaitMembers(i, 3, JOIN);
        assertThat(new String(cluster.ops(i).send("GET", "/readyz").body(), UTF_8))
            .contains("\"cluster\"")
            .contains("\"status\":\"up\"");
      }
      cluster.node(2).kill();
      cluster.awaitMembers(0, 2, NOTICED);
      cluster.awaitMembers(1, 2, NOTICED);
      long begun = System.nanoTime();
      assertThat(cluster.node(1).stop()).isZero();
      LOG.info("a node left within {}", Duration.ofNanos(System.nanoTime() - begun));
      cluster.awaitMembers(0, 1, JOIN);
      assertThat(cluster.ops(0).send("GET", "/readyz").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void writesNothingBesidesItsLog() {
    try (ClusterNodes cluster =
        ClusterNodes.start(folder, 1, (settings, node) -> settings.put("log.format", "json"))) {
      assertThat(cluster.node(0).output().lines())
          .anyMatch(line -> line.contains("hazelcast"))
          .allMatch(line -> line.startsWith("{\"") && line.endsWith("}"));
    }
  }

  @Test
  void waitsForNoNodeThatWasStopped() {
    try (ClusterNodes cluster = ClusterNodes.start(folder, 3)) {
      for (int i = 0; i < 3; i++) {
        cluster.awaitMembers(i, 3, JOIN);
      }
      PushClient client = cluster.client(0);
      client.pushBlob("app", LAYER);
      client.pushBlob("app", CONFIG);
      measure(client, 20);
      List<Timing> before = measure(client, REQUESTS);
      Signal.stop(cluster.node(2).pid());
      try {
        long stopped = System.nanoTime();
        List<Timing> during = new ArrayList<>();
        while (cluster.members(0) == 3) {
          during.addAll(measure(client, 10));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(NOTICED);
        LOG.info("before: {}; while it was not noticed: {}", figures(before), figures(during));
        // None waited for the other node: that would have taken 250 ms at least.
        assertThat(median(during)).isLessThan(Math.max(200_000, 3 * median(before)));
        assertThat(Collections.max(during).micros())
            .isLessThan(Math.max(1_000_000, 3 * Collections.max(before).micros()));
      } finally {
        Signal.wake(cluster.node(2).pid());
      }
      for (int i = 0; i < 3; i++) {
        cluster.awaitMembers(i, 3, Duration.ofSeconds(60));
      }
    }
  }

  /** How long a request took. */
  private record Timing(String what, long micros) implements Comparable<Timing> {
    @Override
    public int compareTo(Timing other) {
      return Long.compare(micros, other.micros);
    }
  }

  /** Times some requests: pushes in chunks, their states, tags, pulls. */
  private static List<Timing> measure(PushClient client, int count) {
    List<Timing> all = new ArrayList<>();
    byte[] manifest = PushClient.manifest(CONFIG, LAYER);
    for (int i = 0; i < count; i++) {
      String tag = "v" + i;
      String session = timed(all, "POST", () -> client.start("app"));
      timed(all, "PATCH", () -> client.patch(session, 0, new byte[10]));
      timed(all, "status", () -> client.received(session));
      // The others are told of each, by a message.
      int pushed = timed(all, "PUT", () -> client.pushManifest("app", tag, manifest).statusCode());
      int pulled =
          timed(all, "GET", () -> client.send("GET", "/v2/app/manifests/" + tag).statusCode());
      assertThat(List.of(pushed, pulled)).containsExactly(201, 200);
    }
    return all;
  }

  private static <T> T timed(List<Timing> all, String what, Supplier<T> request) {
    long begun = System.nanoTime();
    T answer = request.get();
    all.add(new Timing(what, (System.nanoTime() - begun) / 1000));
    return answer;
  }

  private static long median(List<Timing> all) {
    return all.stream().sorted().skip(all.size() / 2).findFirst().orElseThrow().micros();
  }

  private static String figures(List<Timing> all) {
    List<Timing> worst = all.stream().sorted(Collections.reverseOrder()).limit(5).toList();
    return "%d requests, median %d us, slowest %s".formatted(all.size(), median(all), worst);
  }

  @Test
  void loadsNothingOfHazelcastForANodeAlone() throws IOException {
    Path classes = folder.resolve("classes");
    try (ChildRegistry alone =
        ChildRegistry.start(folder.resolve("data"), Map.of(), "-Xlog:class+load:file=" + classes)) {
      alone.client().pushBlob("app", new byte[10]);
      Eventually.happens("it is written", () -> lines(classes).contains("io.vertx.core.Vertx "));
      assertThat(lines(classes)).doesNotContain("com.hazelcast", "io.vertx.spi.cluster");
    }
  }

  private static String lines(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
