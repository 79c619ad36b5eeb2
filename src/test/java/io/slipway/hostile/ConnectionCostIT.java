package io.slipway.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import io.slipway.oci.Digest;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.ProcessFigures;
import io.slipway.testing.PushClient;
import io.slipway.testing.TestCertificate;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Measures what a connection costs on which nothing happens, and that it is given back. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
@OneProfile("connections to S3 and its buffers would count as well")
class ConnectionCostIT {
  private static final boolean LONG = Boolean.getBoolean("slipway.long");
  private static final int IDLE = LONG ? 10_000 : 500;

  /** Fewer: on this side of the loopback, the kernel keeps up to 3 MB for each. */
  private static final int READERS = LONG ? 200 : 60;

  private static final int WRITERS = LONG ? 2000 : 200;
  private static final int WARM_UP = 10;
  private static final long MOST_EACH = 256 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String REPOSITORY = "team/app";
  private static final byte[] SMALL = PushClient.bytes(51, 100_000);
  private static final byte[] LARGE = PushClient.bytes(52, 24 << 20);
  private static final Digest LARGE_DIGEST = PushClient.digest(LARGE);
  private static final String LARGE_TAG = "large";
  private static final byte[] LARGE_MANIFEST =
      ("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
              + "\"manifests\":[],\"annotations\":{\"a\":\"%s\"}}")
          .formatted("x".repeat(4_000_000))
          .getBytes(US_ASCII);

  /** Idle ones are what everybody can make; others need work of the server. */
  enum Kind {
    CONNECTED(IDLE),
    ANSWERED(IDLE),
    ANSWERED_TLS(LONG ? 4000 : IDLE),
    HTTP2(IDLE),
    IN_HEAD(IDLE),
    READER(READERS),
    HTTP2_READER(READERS),
    MANIFEST_READER(READERS),
    UPLOAD(WRITERS),
    MANIFEST(WRITERS);

    private final int connections;

    Kind(int connections) {
      this.connections = connections;
    }
  }

  @TempDir Path data;
  @TempDir Path keys;
  private final List<StalledClient> clients = new ArrayList<>();
  private final List<String> sessions = new ArrayList<>();
  private @Nullable SSLSocketFactory tls;

  private HostileRegistry start(Kind kind) throws Exception {
    TestCertificate certificate =
        kind == Kind.ANSWERED_TLS ? TestCertificate.make(keys, "localhost") : null;
    tls = certificate == null ? null : certificate.client().getSocketFactory();
    HostileRegistry registry = HostileRegistry.measured(data, certificate);
    FuzzContent.push(registry.client());
    assertThat(registry.client().pushBlob(REPOSITORY, LARGE).statusCode()).isEqualTo(201);
    if (kind == Kind.MANIFEST_READER) {
      assertThat(registry.client().pushManifest(REPOSITORY, LARGE_TAG, LARGE_MANIFEST).statusCode())
          .isEqualTo(201);
    }
    return registry;
  }

  private StalledClient open(HostileRegistry registry, Kind kind) throws IOException {
    int port = registry.port();
    return switch (kind) {
      case CONNECTED -> StalledClient.silent(port);
      case ANSWERED -> StalledClient.answered(port);
      case ANSWERED_TLS -> StalledClient.answeredOverTls(port, Objects.requireNonNull(tls));
      case HTTP2 -> StalledClient.http2(port);
      case IN_HEAD -> StalledClient.inHead(port);
      case READER -> StalledClient.reader(port, LARGE_DIGEST);
      case HTTP2_READER -> StalledClient.http2Reader(port, LARGE_DIGEST);
      case MANIFEST_READER -> StalledClient.manifestReader(port, LARGE_TAG);
      case UPLOAD -> {
        sessions.add(registry.client().start(REPOSITORY));
        yield StalledClient.writer(port, "PATCH " + sessions.getLast(), SMALL, 1000);
      }
      case MANIFEST -> StalledClient.writer(port, "PUT /v2/team/app/manifests/x", SMALL, 1000);
    };
  }

  @ParameterizedTest
  @EnumSource
  void costsLittleAndIsGivenBack(Kind kind) throws Exception {
    requireFiles(kind.connections);
    try (HostileRegistry registry = start(kind)) {
      open(registry, kind, WARM_UP);
      leave(registry);
      Footprint before = registry.quiet();
      ConnectionCost cost = measure(registry, kind, before);
      System.out.println(kind + ": " + cost);
      assertThat(cost.bytesEach()).as("%s", cost).isLessThan(MOST_EACH);
      assertThat(cost.pull()).isLessThan(PATIENCE);
      leave(registry);
      registry.requireUnharmed(before);
    }
  }

  private ConnectionCost measure(HostileRegistry registry, Kind kind, Footprint before)
      throws IOException {
    long pid = registry.child().pid();
    long resident = ConnectionCost.anonymous(pid);
    Duration cpu = cpu(pid);
    open(registry, kind, kind.connections);
    // Not to the last one: those of the warm-up and of the pushes before may end meanwhile.
    int open = before.files() + kind.connections - 2 * WARM_UP;
    Eventually.happens("all are accepted", () -> ProcessFigures.files(pid) >= open);
    Duration opened = cpu(pid).minus(cpu);
    long start = System.nanoTime();
    assertThat(registry.client().blob(REPOSITORY, FuzzContent.BLOB_DIGEST).body())
        .isEqualTo(FuzzContent.BLOB);
    Duration pull = Duration.ofNanos(System.nanoTime() - start);
    return new ConnectionCost(
        kind.connections,
        before,
        registry.footprint(),
        ConnectionCost.anonymous(pid) - resident,
        opened,
        pull);
  }

  private static Duration cpu(long pid) {
    return ProcessHandle.of(pid).orElseThrow().info().totalCpuDuration().orElseThrow();
  }

  private void open(HostileRegistry registry, Kind kind, int number) throws IOException {
    for (int i = 0; i < number; i++) {
      clients.add(open(registry, kind));
    }
  }

  /** Half of them say goodbye. */
  private void leave(HostileRegistry registry) {
    for (int i = 0; i < clients.size(); i++) {
      if (i % 2 == 0) {
        clients.get(i).close();
      } else {
        clients.get(i).reset();
      }
    }
    clients.clear();
    for (String session : sessions) {
      assertThat(registry.client().send("DELETE", session).statusCode()).isEqualTo(204);
    }
    sessions.clear();
  }

  @AfterEach
  void close() {
    clients.forEach(StalledClient::close);
  }

  private static void requireFiles(int connections) {
    long most =
        ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getMaxFileDescriptorCount();
    assertThat(most)
        .as("how many files may be open, see ulimit -n")
        .isGreaterThan(2L * READERS + connections);
  }
}
