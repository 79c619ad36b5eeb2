package io.slipway.server.cluster;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.slipway.runtime.TlsFiles;
import io.slipway.server.cluster.ClusterConfig.Discovery;
import io.slipway.server.cluster.UploadBoard.Entry;
import io.slipway.testing.Eventually;
import io.slipway.testing.FreePort;
import io.slipway.testing.OneProfile;
import io.slipway.testing.TestCertificate;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.internal.VertxBootstrap;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What whoever reaches Hazelcast's port gets, and does not get. */
@OneProfile("starts no registry")
class StrangerIT {
  private static final String ADDRESS = "to.everybody";
  private static final AtomicBoolean RUN = new AtomicBoolean();

  /** Does something when it is read. */
  private static final class Trap implements Serializable {
    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
      in.defaultReadObject();
      RUN.set(true);
    }
  }

  private final String name = "test-" + UUID.randomUUID();
  private final int port = FreePort.find();
  private final int busPort = FreePort.find();
  private final List<ClusterNode> nodes = new ArrayList<>();

  @TempDir private Path folder;
  private TestCertificate ours;
  private ClusterNode node;

  @BeforeEach
  void join() throws Exception {
    ours = TestCertificate.authority(Files.createDirectory(folder.resolve("ours")));
    node = join(port, ours.issue("node", "CN=node"), ours.certificate());
  }

  @AfterEach
  void leave() throws Exception {
    for (ClusterNode each : nodes) {
      each.vertx().close().await(30, SECONDS);
    }
  }

  private ClusterConfig config(
      int onPort, @Nullable TestCertificate certificate, @Nullable Path authority) {
    return new ClusterConfig(
        true,
        name,
        "127.0.0.1",
        onPort,
        onPort == port ? busPort : 0,
        Discovery.MEMBERS,
        List.of("127.0.0.1:" + port),
        certificate == null
            ? new TlsFiles(null, null)
            : new TlsFiles(certificate.certificate(), certificate.key()),
        authority);
  }

  private ClusterNode join(
      int onPort, @Nullable TestCertificate certificate, @Nullable Path authority)
      throws Exception {
    ClusterNode joined =
        ClusterNode.join(
                config(onPort, certificate, authority),
                VertxBootstrap.create().serviceProviders(List.of()))
            .await(30, SECONDS);
    nodes.add(joined);
    return joined;
  }

  /** Sends a message from one to the other, which answers; returns how often it was asked. */
  private static int ask(ClusterNode from, ClusterNode to) throws Exception {
    AtomicInteger asked = new AtomicInteger();
    to.vertx()
        .eventBus()
        .consumer(
            ADDRESS,
            message -> {
              asked.incrementAndGet();
              message.reply("yes");
            })
        .completion()
        .await(10, SECONDS);
    // The other learns of the consumer a moment later; until then there is nobody.
    Eventually.happens("the consumer is known", () -> failure(from) != ReplyFailure.NO_HANDLERS);
    return asked.get();
  }

  private static @Nullable ReplyFailure failure(ClusterNode from) {
    try {
      from.vertx()
          .eventBus()
          .request(ADDRESS, "?", new DeliveryOptions().setSendTimeout(3000))
          .await(10, SECONDS);
      return null;
    } catch (ReplyException e) {
      return e.failureType();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void ofOurAuthorityTalks() throws Exception {
    ClusterNode other = join(0, ours.issue("other", "CN=other"), ours.certificate());
    assertThat(node.members()).isEqualTo(2);
    assertThat(ask(node, other)).isPositive();
    assertThat(failure(other)).isNull();
  }

  @Test
  void ofAnotherAuthorityGetsAndSaysNothing() throws Exception {
    TestCertificate theirs =
        TestCertificate.authority(Files.createDirectory(folder.resolve("theirs")));
    // It believes our certificates, and shows one of its own.
    ClusterNode other = join(0, theirs.issue("node", "CN=node"), ours.certificate());
    assertThat(node.members()).isEqualTo(2);
    assertThat(ask(node, other)).isZero();
    assertThat(ask(other, node)).isZero();
  }

  @Test
  void withoutACertificateGetsAndSaysNothing() throws Exception {
    ClusterNode other = join(0, null, null);
    assertThat(node.members()).isEqualTo(2);
    assertThat(ask(node, other)).isZero();
    assertThat(ask(other, node)).isZero();
  }

  /** A node without one cannot even listen with TLS; a program can connect. */
  @Test
  void showingNoCertificateIsNotHeard() throws Exception {
    try (SSLSocket socket =
        (SSLSocket) ours.client().getSocketFactory().createSocket("127.0.0.1", busPort)) {
      socket.setSoTimeout(20_000);
      socket.startHandshake();
      // In TLS 1.3 the server refuses after the client is done.
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("certificate");
    }
  }

  @Test
  void bringsNoObjectsOfJava() {
    Config config = HazelcastSettings.of(config(0, null, null), InetAddress.ofLiteral("127.0.0.1"));
    config
        .getSerializationConfig()
        .setJavaSerializationFilterConfig(new JavaSerializationFilterConfig());
    HazelcastInstance stranger = Hazelcast.newHazelcastInstance(config);
    try {
      IMap<Object, Object> map = stranger.getMap(UploadBoard.MAP);
      map.set("id", new Trap());
      map.set(new Trap(), "text");
      map.set("id", "not of ours");
      map.set("id", "{\"version\":2,\"node\":\"n\",\"size\":1}");
      map.set("id", "{\"version\":1,\"node\":\"n\",\"size\":2}");
      // The events of one key come in order.
      Eventually.happens(
          "the last is seen", () -> node.board().look("id").equals(Optional.of(new Entry("n", 2))));
      assertThat(RUN).isFalse();
    } finally {
      stranger.shutdown();
    }
  }

  @Test
  void findsThePortOnOneAddressOnly() throws Exception {
    String table =
        Files.readString(Path.of("/proc/net/tcp")) + Files.readString(Path.of("/proc/net/tcp6"));
    String hex = "%04X".formatted(port);
    List<String> listening =
        table
            .lines()
            .map(line -> line.strip().split("\\s+"))
            .filter(parts -> parts.length > 3 && parts[3].equals("0A"))
            .map(parts -> parts[1])
            .filter(local -> local.endsWith(":" + hex))
            .toList();
    assertThat(listening).hasSize(1);
    assertThat(listening.getFirst()).containsPattern("^(0100007F|0{16}FFFF00000100007F):");
  }

  @Test
  void keepsAnotherNodeFromThePort() {
    long begun = System.nanoTime();
    IllegalStateException refused =
        catchThrowableOfType(IllegalStateException.class, () -> join(port, null, null));
    assertThat(refused)
        .hasMessageContaining("tried to join the cluster " + name)
        .hasMessageContaining(String.valueOf(port));
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void needsItsFiles() {
    assertThatThrownBy(() -> join(0, ours, folder.resolve("none.pem")))
        .hasMessageContaining("none.pem but it is missing or not readable");
  }
}
