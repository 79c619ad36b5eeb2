package io.slipway.server.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PausedDeletion;
import io.slipway.testing.PushClient;
import io.slipway.testing.Signal;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node is stopped in the middle of deleting the bytes of a blob, the blob is pushed again, and
 * the node wakes.
 */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
@Timeout(600)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SleepingDeleterIT {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** A signature ends after 60 s. */
  private static final Duration ASLEEP = Duration.ofSeconds(90);

  private static final byte[] CONFIG = "{}".getBytes(UTF_8);

  @TempDir private static Path folder;
  private static ClusterNodes cluster;

  @BeforeAll
  @Timeout(600)
  static void start() {
    // One connection, which knows the statements: or else PostgreSQL waits before it looks. And
    // what a node was told while it slept must not count as too late.
    Map<String, String> settings =
        Map.of(
            "storage.delete_after",
            "0s",
            "gc.enabled",
            "false",
            "database.connections",
            "1",
            "database.statement_timeout",
            "5m");
    cluster = ClusterNodes.start(folder, 2, (own, node) -> own.putAll(settings));
    cluster.awaitAll(PATIENCE);
    byte[] first = PushClient.bytes(10, 100);
    pushHome(0, first);
    assertThat(collect(0).statusCode()).isEqualTo(200);
    assertThat(cluster.bucket().keys()).doesNotContain(home(first));
  }

  @AfterAll
  static void end() {
    cluster.close();
  }

  private static String home(byte[] blob) {
    return "blobs/sha256/" + PushClient.digest(blob).hex();
  }

  /** Pushes a blob and waits until its bytes are where they stay. */
  private static void pushHome(int node, byte[] blob) {
    assertThat(cluster.client(node).pushBlob("app", blob).statusCode()).isEqualTo(201);
    Eventually.happens(
        "the blob is at home",
        PATIENCE,
        () -> cluster.rows("SELECT location FROM blob").contains(home(blob)));
  }

  private static HttpResponse<byte[]> collect(int node) {
    return cluster.client(node).send("POST", "/_gc?grace=0s");
  }

  private static void collectInVain(int node) {
    try {
      collect(node);
    } catch (UncheckedIOException e) {
      // Nobody answers while it is stopped.
    }
  }

  /** Lets the first node fall asleep when it is about to delete the bytes of a blob. */
  private static void fallAsleep(byte[] blob) throws Exception {
    pushHome(0, blob);
    PausedDeletion.begin(cluster.database(), () -> collectInVain(0), cluster.node(0).pid());
    assertThat(cluster.bucket().keys()).contains(home(blob));
  }

  /** Lets the second node delete the same bytes, and take the same blob again. */
  private static void goOn(byte[] blob) {
    PausedDeletion.letTimePass(cluster.database());
    assertThat(collect(1).statusCode()).isEqualTo(200);
    assertThat(cluster.bucket().keys()).doesNotContain(home(blob));
    PausedDeletion.letTimePass(cluster.database());
    assertThat(collect(1).statusCode()).isEqualTo(200);
    pushAgain(blob);
    Eventually.happens(
        "the blob is at home again",
        PATIENCE,
        () -> cluster.rows("SELECT location FROM blob").contains(home(blob)));
    assertThat(cluster.bucket().keys()).contains(home(blob));
  }

  private static void pushAgain(byte[] blob) {
    PushClient other = cluster.client(1);
    for (byte[] each : new byte[][] {CONFIG, blob}) {
      assertThat(other.pushBlob("app", each).statusCode()).isEqualTo(201);
    }
    assertThat(other.pushManifest("app", "latest", PushClient.manifest(CONFIG, blob)).statusCode())
        .isEqualTo(201);
  }

  /** Wakes the first node, and waits until the request that it had signed has come. */
  private static void wake(byte[] blob) {
    String deletion = "DELETE " + home(blob);
    long before = cluster.bucket().count(deletion);
    Signal.wake(cluster.node(0).pid());
    assertThat(Eventually.holds(() -> cluster.bucket().count(deletion) > before))
        .as("it sends what it had signed: %s", cluster.node(0).output())
        .isTrue();
    cluster.awaitAll(PATIENCE);
  }

  private static void requireThere(byte[] blob) {
    for (int node = 0; node < 2; node++) {
      assertThat(cluster.client(node).blob("app", PushClient.digest(blob)).body()).isEqualTo(blob);
    }
  }

  @Test
  @Order(1)
  void deletesNothingThatWasPushedInTheMeantime() throws Exception {
    byte[] blob = PushClient.bytes(11, 100_000);
    fallAsleep(blob);
    pushAgain(blob);
    // Its claim still holds: the bytes of the new push lie elsewhere for so long.
    wake(blob);
    requireThere(blob);
    assertThat(cluster.bucket().keys()).doesNotContain(home(blob));
  }

  /** What the other tests find safe is safe because signatures end, and they would see it. */
  @Test
  @Order(2)
  void wouldDeleteWhatAnotherPutThereIfItsSignatureLasted() throws Exception {
    byte[] blob = PushClient.bytes(12, 100_000);
    fallAsleep(blob);
    goOn(blob);
    wake(blob);
    Eventually.happens(
        "the bytes are gone", PATIENCE, () -> !cluster.bucket().keys().contains(home(blob)));
  }

  @Test
  @Order(3)
  void deletesNothingThatAnotherPutThere() throws Exception {
    byte[] blob = PushClient.bytes(13, 100_000);
    fallAsleep(blob);
    goOn(blob);
    cluster.bucket().advance(ASLEEP);
    wake(blob);
    requireThere(blob);
    assertThat(cluster.bucket().keys()).contains(home(blob));
  }
}
