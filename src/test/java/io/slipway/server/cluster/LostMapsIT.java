package io.slipway.server.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.DistributedObject;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.multimap.MultiMap;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.Signal;
import io.slipway.testing.WireConnection;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
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

/** All that the nodes keep in Hazelcast is lost while they work, and no client notices. */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
@Timeout(600)
class LostMapsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int NODES = 3;
  private static final int LOSSES = Boolean.getBoolean("slipway.long") ? 200 : 10;
  private static final String RECEIVED = "slipway_cluster_messages_total{direction=\"received\"}";
  private static final byte[] CONFIG = "{}".getBytes(UTF_8);
  private static final byte[] BLOB = PushClient.bytes(31, 12_000_000);
  private static final int ACKNOWLEDGED = 100_000;

  @TempDir private static Path folder;
  private static ClusterNodes cluster;

  private final AtomicBoolean ending = new AtomicBoolean();
  private final AtomicInteger rounds = new AtomicInteger();

  @BeforeAll
  @Timeout(600)
  static void start() {
    cluster = ClusterNodes.start(folder, NODES);
  }

  @AfterAll
  static void end() {
    cluster.close();
  }

  @BeforeEach
  void isWhole() {
    cluster.awaitAll(PATIENCE);
  }

  /** Opens an upload at a node, of which a chunk is acknowledged. */
  private static String begun(int node) {
    String session = cluster.client(node).start("lost");
    byte[] chunk = Arrays.copyOf(BLOB, ACKNOWLEDGED);
    assertThat(cluster.client(node).patch(session, 0, chunk).statusCode()).isEqualTo(202);
    return session;
  }

  /** Goes on at another node, where the client knows it was acknowledged. */
  private static void goOn(int node, String session) {
    PushClient client = cluster.client(node);
    byte[] rest = Arrays.copyOfRange(BLOB, ACKNOWLEDGED, BLOB.length);
    assertThat(client.patch(session, ACKNOWLEDGED, rest).statusCode()).isEqualTo(202);
    finish(node, session);
  }

  private static void finish(int node, String session) {
    PushClient client = cluster.client(node);
    assertThat(client.finish(session, PushClient.digest(BLOB), new byte[0]).statusCode())
        .isEqualTo(201);
    assertThat(cluster.client(0).blob("lost", PushClient.digest(BLOB)).body()).isEqualTo(BLOB);
  }

  @Test
  void areNotMissed() throws Exception {
    String session = begun(0);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        WireConnection writing = WireConnection.open(cluster.node(1).port())) {
      Future<?> clients = threads.submit(this::pushAndPull);
      String other = cluster.client(1).start("lost");
      writing.head("PATCH", other, "Content-Length", String.valueOf(BLOB.length));
      writing.send(BLOB, 0, BLOB.length / 2);
      try {
        lose(clients);
      } finally {
        ending.set(true);
      }
      clients.get();
      writing.send(BLOB, BLOB.length / 2, BLOB.length - BLOB.length / 2);
      assertThat(writing.read().status()).isEqualTo(202);
      finish(2, other);
    }
    goOn(2, session);
  }

  /** Removes everything as a member can, while clients work; in the end nodes hear each other. */
  private void lose(Future<?> clients) {
    HazelcastInstance member = join();
    try {
      assertThat(member.getCluster().getMembers()).hasSize(NODES + 1);
      int lost = 0;
      for (int i = 0; i < LOSSES; i++) {
        for (DistributedObject object : member.getDistributedObjects()) {
          lost += clear(object);
        }
        int before = rounds.get();
        Eventually.happens(
            "clients go on", PATIENCE, () -> rounds.get() > before || clients.isDone());
      }
      assertThat(lost).as("entries that were lost").isGreaterThan(LOSSES);
    } finally {
      member.shutdown();
    }
  }

  private static int clear(DistributedObject object) {
    int size = 0;
    if (object instanceof IMap<?, ?> map) {
      size = map.size();
      map.clear();
    } else if (object instanceof MultiMap<?, ?> map) {
      size = map.size();
      map.clear();
    }
    return size;
  }

  private void pushAndPull() {
    for (int i = 0; !ending.get(); i++) {
      PushClient here = cluster.client(i % NODES);
      PushClient there = cluster.client((i + 1) % NODES);
      byte[] layer = PushClient.bytes(1000 + i, 1000);
      String session = here.start("app");
      assertThat(here.patch(session, 0, Arrays.copyOf(layer, 500)).statusCode()).isEqualTo(202);
      byte[] rest = Arrays.copyOfRange(layer, 500, 1000);
      assertThat(there.patch(session, 500, rest).statusCode()).isEqualTo(202);
      assertThat(here.finish(session, PushClient.digest(layer), new byte[0]).statusCode())
          .isEqualTo(201);
      assertThat(here.pushBlob("app", CONFIG).statusCode()).isEqualTo(201);
      byte[] manifest = PushClient.manifest(CONFIG, layer);
      assertThat(here.pushManifest("app", "latest", manifest).statusCode()).isEqualTo(201);
      assertThat(there.send("GET", "/v2/app/manifests/latest").body()).isEqualTo(manifest);
      rounds.incrementAndGet();
    }
  }

  /** What told the nodes where others are, and what they listen for, is told again. */
  @Test
  void areFilledAgain() {
    HazelcastInstance member = join();
    try {
      IMap<?, ?> nodes = member.getMap(ToldRegistrations.NODES);
      MultiMap<Object, Object> consumers = member.getMultiMap(ToldRegistrations.CONSUMERS);
      Eventually.happens("all have told", PATIENCE, () -> nodes.size() == NODES);
      int told = consumers.size();
      assertThat(told).isPositive();
      nodes.clear();
      consumers.clear();
      Eventually.happens(
          "all have told again", () -> nodes.size() == NODES && consumers.size() == told);
      nodes.remove(nodes.keySet().iterator().next());
      Eventually.happens("the one has told again", () -> nodes.size() == NODES);
      // Of these nobody hears that they are gone.
      List.copyOf(consumers.entrySet())
          .forEach(consumer -> consumers.remove(consumer.getKey(), consumer.getValue()));
      Eventually.happens("all of them are there again", () -> consumers.size() == told);
    } finally {
      member.shutdown();
    }
    double before = cluster.metric(1, RECEIVED);
    byte[] manifest = PushClient.manifest(CONFIG);
    assertThat(cluster.client(0).pushBlob("again", CONFIG).statusCode()).isEqualTo(201);
    assertThat(cluster.client(0).pushManifest("again", "latest", manifest).statusCode())
        .isEqualTo(201);
    Eventually.happens("a message arrives", () -> cluster.metric(1, RECEIVED) > before);
  }

  /** Nobody goes on with it, so nobody tells of it again. */
  @Test
  void areNotShownAsIfTheyWereThere() {
    begun(0);
    String uploads = "slipway_cluster_uploads";
    Eventually.happens("a node heard of it", PATIENCE, () -> cluster.metric(1, uploads) > 0);
    HazelcastInstance member = join();
    try {
      member.getMap(UploadBoard.MAP).clear();
      Eventually.happens("it knows of none", PATIENCE, () -> cluster.metric(1, uploads) == 0);
    } finally {
      member.shutdown();
    }
  }

  /** Whoever reaches the port may write there how far an upload is; its row decides. */
  @Test
  void areNotBelieved() {
    String session = begun(0);
    int claimed = 5_000_000;
    HazelcastInstance member = join();
    try {
      member
          .getMap(UploadBoard.MAP)
          .set(
              session.substring(session.lastIndexOf('/') + 1),
              "{\"version\":1,\"node\":\"n\",\"size\":" + claimed + "}");
      byte[] rest = Arrays.copyOfRange(BLOB, claimed, BLOB.length);
      for (int node = 0; node < NODES; node++) {
        HttpResponse<byte[]> refused = cluster.client(node).patch(session, claimed, rest);
        assertThat(refused.statusCode()).isEqualTo(416);
        assertThat(PushClient.received(refused)).isEqualTo(ACKNOWLEDGED);
      }
    } finally {
      member.shutdown();
    }
    goOn(1, session);
  }

  /** Joins as one more member, which is no registry, and which all know: others are refused. */
  private static HazelcastInstance join() {
    HazelcastInstance member =
        Hazelcast.newHazelcastInstance(
            HazelcastSettings.of(cluster.stranger(), InetAddress.ofLiteral("127.0.0.1")));
    for (int node = 0; node < NODES; node++) {
      cluster.awaitMembers(node, NODES + 1, PATIENCE);
    }
    return member;
  }

  /** Two of three are put out, and come back to a cluster that knows nothing of what they told. */
  @Test
  void areNotMissedByThoseWhoWereApart() {
    String asleep = begun(1);
    String awake = begun(0);
    Signal.stop(cluster.node(1).pid());
    Signal.stop(cluster.node(2).pid());
    try {
      cluster.awaitMembers(0, 1, PATIENCE);
      goOn(0, awake);
    } finally {
      Signal.wake(cluster.node(1).pid());
      Signal.wake(cluster.node(2).pid());
    }
    goOn(2, asleep);
    cluster.awaitAll(PATIENCE);
  }
}
