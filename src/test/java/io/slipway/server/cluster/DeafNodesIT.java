package io.slipway.server.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PushClient;
import io.slipway.testing.TestCertificate;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one node changes is obeyed by another that is in the cluster, and hears no message. */
@OneProfile("its nodes are on a PostgreSQL and a bucket of its own")
@Timeout(600)
class DeafNodesIT {
  private static final Logger LOG = LoggerFactory.getLogger(DeafNodesIT.class);
  private static final String PASSWORD = "open sesame";
  private static final String RECEIVED = "slipway_cluster_messages_total{direction=\"received\"}";
  private static final String SENT = "slipway_cluster_messages_total{direction=\"sent\"}";
  private static final int ROUNDS = Boolean.getBoolean("slipway.long") ? 100 : 3;
  private static final Duration JOIN = Duration.ofSeconds(30);

  /**
   * The second of R5.2 is asserted by AccessControlTest, on timers of its own. Here processes share
   * a machine that may be busy: this tells a change that is obeyed without a message from none.
   */
  private static final Duration SOON = Duration.ofSeconds(3);

  private static final Duration BETWEEN = Duration.ofMillis(250);
  private static final byte[] CONFIG = "{}".getBytes(UTF_8);

  @TempDir private Path folder;
  private final List<Long> delays = new ArrayList<>();

  private ClusterNodes start(TestCertificate... authorities) {
    return ClusterNodes.start(
        folder,
        2,
        (settings, node) -> {
          TestCertificate authority = authorities[node % authorities.length];
          TestCertificate own = issue(authority, "node" + node);
          settings.put("cluster.tls.certificate", own.certificate().toString());
          settings.put("cluster.tls.key", own.key().toString());
          settings.put("cluster.authority", authority.certificate().toString());
          settings.put("auth.mode", "basic");
          settings.put("auth.admin.password", PASSWORD);
          settings.put("auth.bcrypt_cost", "4");
        });
  }

  private static TestCertificate issue(TestCertificate authority, String name) {
    try {
      return authority.issue(name, "CN=" + name);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private TestCertificate authority(String name) throws Exception {
    return TestCertificate.authority(Files.createDirectory(folder.resolve(name)));
  }

  private static AccessClient admin(ClusterNodes cluster, int node) {
    return new AccessClient(cluster.client(node), "admin", PASSWORD);
  }

  /** Each believes an authority of its own only, so no connection between them lasts. */
  @Test
  void obeyWhatAnotherChanged() throws Exception {
    try (ClusterNodes cluster = start(authority("one"), authority("two"))) {
      cluster.awaitAll(JOIN);
      for (int i = 0; i < ROUNDS; i++) {
        changeATag(admin(cluster, 0), admin(cluster, 1), i);
        changeARobot(cluster, i);
        changeAPolicy(cluster, i);
      }
      // A node hears itself; of what only the first one does the second hears nothing.
      double sent = cluster.metric(0, SENT);
      double received = cluster.metric(1, RECEIVED);
      changeATag(admin(cluster, 0), admin(cluster, 1), ROUNDS);
      cluster.awaitAll(JOIN);
      assertThat(cluster.metric(0, SENT)).isGreaterThan(sent);
      assertThat(cluster.metric(1, RECEIVED)).isEqualTo(received);
      LOG.info(
          "{} changes of robots and policies were obeyed after {} ms at most",
          delays.size(),
          Collections.max(delays));
    }
  }

  /** Or else the other test would find nodes deaf that are not. */
  @Test
  void hearEachOtherWithOneAuthority() throws Exception {
    try (ClusterNodes cluster = start(authority("one"))) {
      cluster.awaitAll(JOIN);
      changeATag(admin(cluster, 0), admin(cluster, 1), 0);
      Eventually.happens("a message arrives", () -> cluster.metric(1, RECEIVED) > 0);
    }
  }

  /** Of tags the very next request knows. */
  private static void changeATag(AccessClient here, AccessClient there, int round) {
    String tag = "/v2/app/manifests/latest";
    byte[] layer = PushClient.bytes(round, 100);
    for (byte[] blob : List.of(CONFIG, layer)) {
      String digest = PushClient.digest(blob).text();
      String upload = "/v2/app/blobs/uploads/?digest=" + digest;
      assertThat(here.send("POST", upload, blob, "application/octet-stream").statusCode())
          .isEqualTo(201);
    }
    byte[] manifest = PushClient.manifest(CONFIG, layer);
    assertThat(here.send("PUT", tag, manifest, PushClient.MANIFEST_TYPE).statusCode())
        .isEqualTo(201);
    assertThat(there.send("GET", tag, new byte[0], "text/plain").body()).isEqualTo(manifest);
    if (round % 2 == 1) {
      assertThat(here.status("DELETE", tag)).isEqualTo(202);
      assertThat(there.status("GET", tag)).isEqualTo(404);
    }
  }

  private void changeARobot(ClusterNodes cluster, int round) {
    AccessClient admin = admin(cluster, 0);
    String name = "ci" + round;
    admin.done(201, "POST", "robots", "{\"name\":\"" + name + "\"}");
    JsonObject made = admin.done(201, "POST", "robots/" + name + "/keys", "{}");
    AccessClient robot = new AccessClient(cluster.client(1), name, made.getString("key"));
    becomes(200, robot, "GET", "/v2/");
    admin.done(204, "DELETE", "robots/" + name + "/keys/" + made.getString("id"), "");
    becomes(401, robot, "GET", "/v2/");
  }

  private void changeAPolicy(ClusterNodes cluster, int round) {
    AccessClient admin = admin(cluster, 0);
    String name = "ann" + round;
    admin.done(201, "PUT", "users/" + name, "{\"password\":\"" + PASSWORD + "\"}");
    AccessClient ann = new AccessClient(cluster.client(1), name, PASSWORD);
    String uploads = "/v2/app" + round + "/blobs/uploads/";
    becomes(403, ann, "POST", uploads);
    String policy = "{\"repository\":\"app%d\",\"user\":\"%s\",\"permissions\":[%s]}";
    admin.done(201, "POST", "policies", policy.formatted(round, name, "\"pull\",\"push\""));
    becomes(202, ann, "POST", uploads);
    admin.done(200, "PUT", "policies", policy.formatted(round, name, "\"pull\""));
    becomes(403, ann, "POST", uploads);
  }

  private void becomes(int status, AccessClient caller, String method, String path) {
    long begun = System.nanoTime();
    AtomicLong next = new AtomicLong(begun);
    Eventually.happens(
        caller.name() + " gets " + status,
        SOON,
        () -> {
          // Whoever fails to sign in more often is not even looked at for a second.
          if (System.nanoTime() < next.get()) {
            return false;
          }
          next.addAndGet(BETWEEN.toNanos());
          return caller.status(method, path) == status;
        });
    delays.add((System.nanoTime() - begun) / 1_000_000);
  }
}
