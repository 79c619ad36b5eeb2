package io.slipway.clients;

import static io.slipway.testing.PushClient.digest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients push and pull through HAProxy while nodes are restarted, killed and stopped. {@code
 * -Dslipway.seed=} repeats what is done to them.
 */
@OneProfile("its nodes are on stores of a cluster of its own")
@Timeout(3600)
class NodesUnderFireIT {
  private static final boolean LONG = Boolean.getBoolean("slipway.long");
  private static final Duration FIRE = Duration.ofSeconds(LONG ? 600 : 40);
  private static final int UPLOADERS = LONG ? 50 : 6;
  private static final int TOOLS = LONG ? 25 : 2;
  private static final int CHUNK = 1_000_000;

  @TempDir static Path folder;
  private static NodeCluster cluster;

  private final AtomicBoolean ending = new AtomicBoolean();

  @BeforeAll
  static void starts() throws Exception {
    cluster = NodeCluster.start(Files.createDirectory(folder.resolve("c")), "drain.notice", "3s");
    OciLayout layout = new OciLayout(folder.resolve("image"));
    layout.name(
        "v1", layout.image("amd64", Contents.random(4_000_000, 71), Contents.random(1000, 72)));
  }

  @AfterAll
  static void ends() {
    cluster.close();
  }

  @BeforeEach
  void isWell() {
    cluster.awaitReady();
  }

  /** Not one request fails, of clients that repeat none. */
  @Test
  void loseNoRequestToARollingRestart() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < UPLOADERS; i++) {
        int number = i;
        all.add(threads.submit(() -> pushAndPull(number, requests)));
      }
      try {
        for (int round = 0; round < (LONG ? 5 : 1); round++) {
          for (int node = 1; node <= NodeCluster.NODES; node++) {
            int before = requests.get();
            cluster.restart(node);
            assertThat(requests.get()).as("requests meanwhile").isGreaterThan(before);
          }
        }
      } finally {
        ending.set(true);
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    System.out.println("rolling restart: " + requests.get() + " requests, none failed");
  }

  private void pushAndPull(int number, AtomicInteger requests) {
    PushClient client = cluster.client();
    String repository = "rolling/client" + number;
    for (int i = 0; !ending.get(); i++) {
      byte[] layer = PushClient.bytes(number * 1000L + i, 2 * CHUNK);
      String session = client.start(repository);
      assertThat(client.patch(session, 0, Arrays.copyOf(layer, CHUNK)).statusCode()).isEqualTo(202);
      byte[] rest = Arrays.copyOfRange(layer, CHUNK, layer.length);
      assertThat(client.patch(session, CHUNK, rest).statusCode()).isEqualTo(202);
      assertThat(client.finish(session, digest(layer), new byte[0]).statusCode()).isEqualTo(201);
      byte[] config = ("{\"n\":" + i + "}").getBytes(UTF_8);
      assertThat(client.pushBlob(repository, config).statusCode()).isEqualTo(201);
      byte[] manifest = PushClient.manifest(config, layer);
      assertThat(client.pushManifest(repository, "latest", manifest).statusCode()).isEqualTo(201);
      assertThat(client.send("GET", "/v2/" + repository + "/manifests/latest").body())
          .isEqualTo(manifest);
      assertThat(client.blob(repository, digest(layer)).body()).isEqualTo(layer);
      requests.addAndGet(8);
    }
  }

  /** Every client gets through with its own retries, and with one more run of its command. */
  @Test
  void areNotMissedWhenTheyDie() throws Exception {
    long seed = Long.getLong("slipway.seed", System.nanoTime());
    System.out.println("-Dslipway.seed=" + seed);
    Map<String, AtomicInteger> figures = new ConcurrentHashMap<>();
    Map<String, byte[]> pushed = new ConcurrentHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < UPLOADERS; i++) {
        int number = i;
        all.add(threads.submit(() -> upload(number, figures, pushed)));
      }
      for (int i = 0; i < TOOLS; i++) {
        int number = i;
        all.add(threads.submit(() -> skopeo(number, figures)));
        all.add(threads.submit(() -> crane(number, figures)));
      }
      try {
        setOnFire(new Random(seed), figures, all);
      } finally {
        ending.set(true);
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    cluster.awaitReady();
    for (Map.Entry<String, byte[]> blob : pushed.entrySet()) {
      byte[] there = cluster.client().blob(blob.getKey(), digest(blob.getValue())).body();
      assertThat(digest(there)).as(blob.getKey()).isEqualTo(digest(blob.getValue()));
    }
    System.out.println("kills and stops: " + figures);
    assertThat(figure(figures, "kills")).isPositive();
    assertThat(figure(figures, "stops")).isPositive();
    assertThat(figure(figures, "chunks asked for again")).isPositive();
  }

  private static void setOnFire(
      Random random, Map<String, AtomicInteger> figures, List<Future<?>> clients) {
    long end = System.nanoTime() + FIRE.toNanos();
    for (int i = 0; System.nanoTime() < end && clients.stream().noneMatch(Future::isDone); i++) {
      int node = 1 + random.nextInt(NodeCluster.NODES);
      if (i % 2 == 0) {
        cluster.kill(node);
        count(figures, "kills");
        pause(1000 + random.nextInt(3000));
      } else {
        cluster.stop(node);
        count(figures, "stops");
        pause(500 + random.nextInt(7500));
        cluster.wake(node);
      }
      // Of three nodes two are there, most of the time: more is not asked of them.
      cluster.awaitReady();
      pause(random.nextInt(1500));
    }
  }

  private static void pause(long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    Eventually.happens("the moment comes", () -> System.nanoTime() >= end);
  }

  private static int figure(Map<String, AtomicInteger> figures, String name) {
    return figures.getOrDefault(name, new AtomicInteger()).get();
  }

  private static void count(Map<String, AtomicInteger> figures, String name) {
    figures.computeIfAbsent(name, ignored -> new AtomicInteger()).incrementAndGet();
  }

  private void upload(int number, Map<String, AtomicInteger> figures, Map<String, byte[]> pushed) {
    AtomicInteger asked =
        figures.computeIfAbsent("chunks asked for again", ignored -> new AtomicInteger());
    for (int i = 0; !ending.get(); i++) {
      byte[] blob = PushClient.bytes(number * 1000L + i, 7 * CHUNK + number);
      String repository = "fire/client" + number + "/" + i;
      new ResumingPush(cluster.client(), repository, blob, CHUNK, asked).run();
      count(figures, "chunked uploads");
      if (i < 5) {
        pushed.put(repository, blob);
      }
    }
  }

  private Void skopeo(int number, Map<String, AtomicInteger> figures) throws Exception {
    Program skopeo =
        Program.of("skopeo", "--insecure-policy", "copy", "--retry-times", "3").in(folder);
    for (int i = 0; !ending.get(); i++) {
      String image = "docker://" + cluster.host() + "/fire/skopeo" + number + ":v" + i;
      String back = "oci:skopeo" + number + "-" + i + ":v1";
      twice("skopeo", figures, skopeo, "--dest-tls-verify=false", "oci:image:v1", image);
      twice("skopeo", figures, skopeo, "--src-tls-verify=false", image, back);
      assertThat(Contents.digests(folder.resolve("skopeo" + number + "-" + i + "/blobs")))
          .isEqualTo(Contents.digests(folder.resolve("image/blobs")));
    }
    return null;
  }

  private Void crane(int number, Map<String, AtomicInteger> figures) throws Exception {
    Program crane = Program.of(System.getenv("SLIPWAY_CRANE")).in(folder);
    for (int i = 0; !ending.get(); i++) {
      String image = cluster.host() + "/fire/crane" + number + ":v" + i;
      String back = "crane" + number + "-" + i;
      twice("crane", figures, crane, "push", "image", image);
      twice("crane", figures, crane, "pull", "--format", "oci", image, back);
      assertThat(Contents.digests(folder.resolve(back).resolve("blobs")))
          .containsAllEntriesOf(Contents.digests(folder.resolve("image/blobs")));
    }
    return null;
  }

  /** Runs a command, and once more when it failed. */
  private static void twice(
      String tool, Map<String, AtomicInteger> figures, Program program, String... arguments)
      throws Exception {
    count(figures, tool + " runs");
    if (program.run(arguments).code() != 0) {
      count(figures, tool + " second runs");
      program.print(arguments);
    }
  }
}
