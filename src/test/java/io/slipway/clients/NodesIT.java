package io.slipway.clients;

import static io.slipway.testing.PushClient.digest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PausedDeletion;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.PushClient;
import io.slipway.testing.WireConnection;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

/** What a client may rely on while several nodes answer it, and some of them stop. */
@OneProfile("its nodes are on stores of a cluster of its own")
@Timeout(1800)
class NodesIT {
  private static final boolean LONG = Boolean.getBoolean("slipway.long");
  private static final int PUSHES = LONG ? 500 : 60;
  private static final Duration SLEEP = Duration.ofSeconds(LONG ? 30 : 13);
  private static final Duration SIGNED = Duration.ofSeconds(60);
  private static final byte[] LAYER = PushClient.bytes(50, 12_000_000);

  @TempDir static Path folder;
  private static NodeCluster cluster;

  @BeforeAll
  static void starts() throws Exception {
    cluster =
        NodeCluster.start(
            folder, "drain.notice", "3s", "storage.delete_after", "0s", "gc.enabled", "false");
  }

  @AfterAll
  static void ends() {
    cluster.close();
  }

  @BeforeEach
  void isWell() {
    cluster.awaitReady();
  }

  private static byte[] manifest(String repository, long seed) {
    byte[] config = ("{\"n\":" + seed + "}").getBytes(UTF_8);
    assertThat(cluster.client().pushBlob(repository, config).statusCode()).isEqualTo(201);
    return PushClient.manifest(config);
  }

  private static List<String> history(String repository) {
    return PostgresServer.shared()
        .query(
            cluster.database(),
            "SELECT digest FROM tag_history WHERE repo = '" + repository + "' ORDER BY version");
  }

  /** Every acknowledged push is in the one history, in which no version is missing. */
  @Test
  void tellOneHistoryOfATagThatTwoPush() throws Exception {
    Map<String, Integer> acknowledged = new ConcurrentHashMap<>();
    together(
        2,
        writer -> {
          PushClient client = cluster.client(writer + 1);
          for (int i = 0; i < PUSHES; i++) {
            byte[] manifest = manifest("race/plain", writer * 100_000L + i);
            assertThat(client.pushManifest("race/plain", "latest", manifest).statusCode())
                .isEqualTo(201);
            acknowledged.put(digest(manifest).text(), writer);
          }
        });
    List<String> history = history("race/plain");
    assertThat(history).hasSize(2 * PUSHES).containsAll(acknowledged.keySet());
    requireUnbroken("race/plain", history);
  }

  /** Each push that was acknowledged replaced what it said it would. */
  @Test
  void tellOneHistoryOfATagThatTwoPushOnConditions() throws Exception {
    byte[] first = manifest("race/match", -1);
    assertThat(cluster.client().pushManifest("race/match", "latest", first).statusCode())
        .isEqualTo(201);
    Map<String, String> replaced = new ConcurrentHashMap<>();
    AtomicInteger refused = new AtomicInteger();
    together(
        2,
        writer -> {
          PushClient client = cluster.client(writer + 1);
          for (int i = 0; i < PUSHES; i++) {
            byte[] manifest = manifest("race/match", writer * 100_000L + i);
            pushOnCondition(client, manifest, replaced, refused);
          }
        });
    List<String> history = history("race/match");
    assertThat(history).hasSize(2 * PUSHES + 1);
    for (int i = 1; i < history.size(); i++) {
      assertThat(replaced.get(history.get(i))).as("before " + i).isEqualTo(history.get(i - 1));
    }
    requireUnbroken("race/match", history);
    System.out.println(
        "If-Match: " + replaced.size() + " pushes, " + refused.get() + " refused and repeated");
  }

  private static void pushOnCondition(
      PushClient client, byte[] manifest, Map<String, String> replaced, AtomicInteger refused) {
    while (true) {
      String before = tag(client, "race/match");
      int status =
          client
              .send(
                  "PUT",
                  "/v2/race/match/manifests/latest",
                  manifest,
                  "Content-Type",
                  PushClient.MANIFEST_TYPE,
                  "If-Match",
                  "\"" + before + "\"")
              .statusCode();
      assertThat(status).isIn(201, 412);
      if (status == 201) {
        replaced.put(digest(manifest).text(), before);
        return;
      }
      refused.incrementAndGet();
    }
  }

  private static String tag(PushClient client, String repository) {
    return client
        .send("HEAD", "/v2/" + repository + "/manifests/latest")
        .headers()
        .firstValue("Docker-Content-Digest")
        .orElseThrow();
  }

  private static void requireUnbroken(String repository, List<String> history) {
    String where = " FROM tag_history WHERE repo = '" + repository + "'";
    assertThat(
            PostgresServer.shared()
                .query(
                    cluster.database(),
                    "SELECT max(version) - min(version) - count(*) + 1" + where))
        .containsExactly("0");
    assertThat(
            PostgresServer.shared()
                .query(cluster.database(), "SELECT count(*)" + where + " AND ended_at IS NULL"))
        .containsExactly("1");
    for (int node = 1; node <= NodeCluster.NODES; node++) {
      assertThat(tag(cluster.client(node), repository)).isEqualTo(history.getLast());
    }
  }

  /** Nobody tells the others: they see it because they ask. */
  @Test
  void obeyWhatAnotherOneChanged() {
    PushClient one = cluster.client(1);
    for (int i = 0; i < PUSHES; i++) {
      byte[] manifest = manifest("obey", i);
      assertThat(one.pushManifest("obey", "latest", manifest).statusCode()).isEqualTo(201);
      for (int node = 2; node <= NodeCluster.NODES; node++) {
        assertThat(tag(cluster.client(node), "obey")).isEqualTo(digest(manifest).text());
      }
      if (i % 5 == 4) {
        assertThat(one.send("DELETE", "/v2/obey/manifests/latest").statusCode()).isEqualTo(202);
        for (int node = 2; node <= NodeCluster.NODES; node++) {
          assertThat(cluster.client(node).send("GET", "/v2/obey/manifests/latest").statusCode())
              .isEqualTo(404);
        }
      }
    }
  }

  /** A writer that sleeps is taken over, and changes nothing when it wakes. */
  @Test
  void keepTheBytesOfWhoTookOver() {
    PushClient other = cluster.client(2);
    String session = cluster.client(1).start("sleep/upload");
    byte[] others = LAYER.clone();
    int sent = LAYER.length * 2 / 3;
    try (WireConnection sleeper = WireConnection.open(cluster.port(1))) {
      sleeper.head("PATCH", session, "Content-Length", Integer.toString(LAYER.length));
      sleeper.send(LAYER, 0, sent);
      Eventually.happens("some of it is stored", () -> other.received(session) > 1);
      cluster.stop(1);
      try {
        takeOver(other, session, others);
      } finally {
        cluster.wake(1);
      }
      sleeper.send(LAYER, sent, LAYER.length - sent);
      assertThat(sleeper.read().status()).as("answer to the one who slept").isIn(404, 416);
    }
    for (int node = 1; node <= NodeCluster.NODES; node++) {
      assertThat(cluster.client(node).blob("sleep/upload", digest(others)).body())
          .isEqualTo(others);
    }
  }

  /** With other bytes from there on: what the sleeper still holds must not be found in the blob. */
  private static void takeOver(PushClient other, String session, byte[] others) {
    long asleep = System.nanoTime();
    int at = (int) other.received(session);
    for (int i = at; i < others.length; i++) {
      others[i] ^= 1;
    }
    byte[] rest = Arrays.copyOfRange(others, at, others.length);
    Eventually.happens(
        "it is taken over", () -> other.patch(session, at, rest).statusCode() == 202);
    assertThat(other.finish(session, digest(others), new byte[0]).statusCode()).isEqualTo(201);
    Eventually.happens(
        "it slept long enough",
        SLEEP.plusSeconds(10),
        () -> System.nanoTime() - asleep > SLEEP.toNanos());
  }

  @Test
  void haveLostNothingWhenRedisHas() throws Exception {
    byte[] manifest = manifest("redis", 1);
    PushClient client = cluster.client();
    assertThat(client.pushManifest("redis", "latest", manifest).statusCode()).isEqualTo(201);
    String session = client.start("redis");
    assertThat(client.patch(session, 0, Arrays.copyOf(LAYER, 1000)).statusCode()).isEqualTo(202);
    AtomicBoolean ending = new AtomicBoolean();
    AtomicInteger pulls = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> pulling =
          threads.submit(
              () -> {
                while (!ending.get()) {
                  assertThat(client.send("GET", "/v2/redis/manifests/latest").body())
                      .isEqualTo(manifest);
                  pulls.incrementAndGet();
                }
              });
      for (int i = 0; i < 20; i++) {
        int before = pulls.get();
        cluster.redis().client().flushAll();
        Eventually.happens("pulls go on", () -> pulls.get() > before + 3 || pulling.isDone());
      }
      cluster.redis().kill();
      int before = pulls.get();
      Eventually.happens("pulls go on", () -> pulls.get() > before + 20 || pulling.isDone());
      cluster.redis().startAgain();
      ending.set(true);
      pulling.get();
    }
    byte[] rest = Arrays.copyOfRange(LAYER, 1000, LAYER.length);
    HttpResponse<byte[]> appended = client.patch(session, 1000, rest);
    assertThat(appended.statusCode()).isEqualTo(202);
    Digest digest = digest(LAYER);
    assertThat(client.finish(session, digest, new byte[0]).statusCode()).isEqualTo(201);
  }

  /** Nothing that they told each other is left: not in any of them. */
  @Test
  void goOnWhenAllOfThemDied() {
    byte[] manifest = manifest("all", 1);
    PushClient client = cluster.client();
    assertThat(client.pushManifest("all", "latest", manifest).statusCode()).isEqualTo(201);
    String session = cluster.client(1).start("all");
    byte[] first = Arrays.copyOf(LAYER, 1000);
    assertThat(cluster.client(1).patch(session, 0, first).statusCode()).isEqualTo(202);
    try (WireConnection writing = WireConnection.open(cluster.port(2))) {
      writing.head("PATCH", session, "Content-Length", Integer.toString(LAYER.length));
      writing.send(LAYER, 1000, LAYER.length / 2);
      Eventually.happens("some of it is stored", () -> client.received(session) > 1000);
      for (int node = 1; node <= NodeCluster.NODES; node++) {
        cluster.kill(node);
      }
    }
    Eventually.happens("they are seen to be dead", () -> !cluster.isReady(1));
    cluster.awaitReady();
    assertThat(client.send("GET", "/v2/all/manifests/latest").body()).isEqualTo(manifest);
    int at = (int) cluster.client(3).received(session);
    assertThat(at).as("bytes of what nobody acknowledged count too").isGreaterThan(1000);
    byte[] rest = Arrays.copyOfRange(LAYER, at, LAYER.length);
    // The row keeps the place of a writer who may live until its time is over.
    Eventually.happens(
        "somebody goes on", () -> client.patch(session, at, rest).statusCode() == 202);
    assertThat(client.finish(session, digest(LAYER), new byte[0]).statusCode()).isEqualTo(201);
    assertThat(client.blob("all", digest(LAYER)).body()).isEqualTo(LAYER);
  }

  /** With signatures that end by the clock of the store; the short form wakes before that. */
  @Test
  void keepWhatWasPushedAgainFromADeleterThatSlept() throws Exception {
    byte[] blob = PushClient.bytes(53, 100_000);
    assertThat(cluster.client(1).pushBlob("deleter", blob).statusCode()).isEqualTo(201);
    awaitHome(blob);
    PausedDeletion.begin(cluster.database(), () -> collect(1), cluster.pid(1));
    try {
      if (LONG) {
        for (int i = 0; i < 2; i++) {
          PausedDeletion.letTimePass(cluster.database());
          assertThat(collect(2)).isEqualTo(200);
        }
        assertThat(cluster.client(2).pushBlob("deleter", blob).statusCode()).isEqualTo(201);
        awaitHome(blob);
        ClientsUnderFire.pause(SIGNED.plusSeconds(10).toMillis());
      } else {
        assertThat(cluster.client(2).pushBlob("deleter", blob).statusCode()).isEqualTo(201);
      }
    } finally {
      cluster.wake(1);
    }
    cluster.awaitReady();
    long woken = System.nanoTime();
    do {
      for (int node = 1; node <= NodeCluster.NODES; node++) {
        assertThat(cluster.client(node).blob("deleter", digest(blob)).body()).isEqualTo(blob);
      }
    } while (System.nanoTime() - woken < 5_000_000_000L);
  }

  private static void awaitHome(byte[] blob) {
    String home = "blobs/sha256/" + digest(blob).hex();
    Eventually.happens(
        "it is where it stays",
        () ->
            PostgresServer.shared()
                .query(cluster.database(), "SELECT location FROM blob")
                .contains(home));
  }

  /** Returns the status, 0 when nobody answers. */
  private static int collect(int node) {
    try {
      return cluster.client(node).send("POST", "/_gc?grace=0s").statusCode();
    } catch (UncheckedIOException e) {
      return 0;
    }
  }

  /** Runs a client for each of some numbers, and fails as the first of them that fails. */
  private static void together(int count, Client client) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        all.add(
            threads.submit(
                () -> {
                  client.run(number);
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  /** What one of several clients does. */
  private interface Client {
    void run(int number) throws Exception;
  }
}
