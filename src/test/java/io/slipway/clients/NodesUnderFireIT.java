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
import java.util.Random;
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
  private static final Duration FIRE = Duration.ofSeconds(LONG ? 600 : 30);
  private static final int UPLOADERS = LONG ? 50 : 6;
  private static final int CLIENTS = 100;
  private static final int PULLERS = 45;
  private static final int TOOLS = LONG ? 5 : 2;
  private static final int CHUNK = 1_000_000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final List<String> EACH = List.of("kills", "stops", "chunks asked for again");
  private static final int SMALL = 50_000;

  @TempDir static Path folder;
  private static NodeCluster cluster;

  private final AtomicBoolean ending = new AtomicBoolean();

  @BeforeAll
  static void starts() throws Exception {
    cluster = NodeCluster.start(Files.createDirectory(folder.resolve("c")), "drain.notice", "3s");
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
            requireAtWork(all);
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

  /** Fails as the first of them that failed. */
  private static void requireAtWork(List<Future<?>> clients) throws Exception {
    for (Future<?> client : clients) {
      if (client.isDone()) {
        client.get();
      }
    }
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
    Path files = Files.createDirectory(folder.resolve("clients"));
    try (ClientsUnderFire clients = new ClientsUnderFire(cluster, files, LONG ? CHUNK : SMALL)) {
      clients.start(TOOLS, ClientsUnderFire::skopeo);
      clients.start(TOOLS, ClientsUnderFire::crane);
      clients.start(TOOLS, ClientsUnderFire::docker);
      clients.start(PULLERS, ClientsUnderFire::pull);
      clients.start(CLIENTS - clients.count(), ClientsUnderFire::pushInChunks);
      setOnFire(new Random(seed), clients);
      clients.end();
      cluster.awaitReady();
      clients.requireKept();
      System.out.println(clients.count() + " clients: " + clients.figures());
      for (String what : EACH) {
        assertThat(clients.figure(what)).as(what).isPositive();
      }
    }
  }

  private static void setOnFire(Random random, ClientsUnderFire clients) {
    Eventually.happens(
        "every kind of client works", PATIENCE, () -> clients.figure("docker pull runs") > 0);
    long end = System.nanoTime() + FIRE.toNanos();
    for (int i = 0; goesOn(clients, end) && !clients.isOver(); i++) {
      int node = 1 + random.nextInt(NodeCluster.NODES);
      if (i % 2 == 0) {
        cluster.kill(node);
        clients.note("kills");
        ClientsUnderFire.pause(1000 + random.nextInt(3000));
      } else {
        cluster.stop(node);
        clients.note("stops");
        ClientsUnderFire.pause(500 + random.nextInt(7500));
        cluster.wake(node);
      }
      // Of three nodes two are there, most of the time: more is not asked of them.
      cluster.awaitReady();
      ClientsUnderFire.pause(random.nextInt(1500));
    }
  }

  /** On a machine that has too much to do a node is not there again when the time is over. */
  private static boolean goesOn(ClientsUnderFire clients, long end) {
    return System.nanoTime() < end || EACH.stream().anyMatch(what -> clients.figure(what) == 0);
  }
}
