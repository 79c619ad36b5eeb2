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
  void waitsForNoNodeThatWasStopped() {
    try (ClusterNodes cluster = ClusterNodes.start(folder, 3)) {
      for (int i = 0; i < 3; i++) {
        cluster.awaitMembers(i, 3, JOIN);
      }
      PushClient client = cluster.client(0);
      byte[] layer = PushClient.bytes(1, 1000);
      byte[] config = PushClient.bytes(2, 100);
      client.pushBlob("app", layer);
      client.pushBlob("app", config);
      byte[] manifest = PushClient.manifest(config, layer);
      assertThat(client.pushManifest("app", "v1", manifest).statusCode()).isEqualTo(201);
      measure(client, 20);
      List<Long> before = measure(client, REQUESTS);
      Signal.stop(cluster.node(2).pid());
      try {
        long stopped = System.nanoTime();
        List<Long> during = new ArrayList<>();
        while (cluster.members(0) == 3) {
          during.addAll(measure(client, 10));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - stopped)).isLessThan(NOTICED);
        String figures =
            "%d requests before: median %d us, worst %d us; %d while it was not noticed: %d, %d"
                .formatted(
                    before.size(),
                    median(before),
                    Collections.max(before),
                    during.size(),
                    median(during),
                    Collections.max(during));
        LOG.info("{}", figures);
        // None waited for the other node: that would have taken 250 ms at least.
        assertThat(median(during)).isLessThan(Math.max(200_000, 3 * median(before)));
        assertThat(Collections.max(during))
            .isLessThan(Math.max(1_000_000, 3 * Collections.max(before)));
      } finally {
        Signal.wake(cluster.node(2).pid());
      }
      for (int i = 0; i < 3; i++) {
        cluster.awaitMembers(i, 3, Duration.ofSeconds(60));
      }
    }
  }

  /** Microseconds of each of some requests: pushes in chunks, their states, pulls. */
  private static List<Long> measure(PushClient client, int count) {
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String session = timed(all, () -> client.start("app"));
      timed(all, () -> client.patch(session, 0, new byte[10]));
      timed(all, () -> client.received(session));
      int status = timed(all, () -> client.send("GET", "/v2/app/manifests/v1").statusCode());
      assertThat(status).isEqualTo(200);
    }
    return all;
  }

  private static <T> T timed(List<Long> all, Supplier<T> request) {
    long begun = System.nanoTime();
    T answer = request.get();
    all.add((System.nanoTime() - begun) / 1000);
    return answer;
  }

  private static long median(List<Long> all) {
    return all.stream().sorted().skip(all.size() / 2).findFirst().orElseThrow();
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
