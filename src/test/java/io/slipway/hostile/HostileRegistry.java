package io.slipway.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestCertificate;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A registry of its own process to be attacked, and what it must be like afterwards. */
final class HostileRegistry implements AutoCloseable {
  /** Threads as many as there are in Vert.x's pool of workers, which starts them one by one. */
  private static final Footprint ALLOWED = new Footprint(8L << 20, 32L << 20, 16, 20);

  /** Every buffer is looked after where there are not too many. */
  private static final String LEAKS = Boolean.getBoolean("slipway.long") ? "advanced" : "paranoid";

  private final ChildRegistry child;
  private final PushClient client;
  private final StoredData stored;

  /** As the launcher starts it. */
  private static final String[] LAUNCHED = {
    "-Xmx256m",
    "-XX:MaxDirectMemorySize=128m",
    "-Xss512k",
    "-Dio.netty.allocator.type=pooled",
    "-Dio.netty.leakDetection.level=disabled",
    Footprint.FLAG
  };

  private HostileRegistry(ChildRegistry child, PushClient client, StoredData stored) {
    this.child = child;
    this.client = client;
    this.stored = stored;
  }

  /** Starts one that has little patience; settings win over that. */
  static HostileRegistry start(Path data, Map<String, String> settings) {
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "http.idle_timeout", "1s",
                "http.trusted_proxies", "127.0.0.1",
                "uploads.timeout", "2s",
                "uploads.takeover", "1s"));
    all.putAll(settings);
    ChildRegistry child =
        ChildRegistry.start(
            data, all, "-Xmx192m", Footprint.FLAG, "-Dio.netty.leakDetection.level=" + LEAKS);
    return new HostileRegistry(child, child.client(), StoredData.of(data));
  }

  /**
   * Starts one that is patient, speaks TLS if it has a certificate, and holds no more than it does
   * for real.
   */
  static HostileRegistry measured(Path data, @Nullable TestCertificate tls) throws Exception {
    Map<String, String> all = new HashMap<>(Map.of("http.idle_timeout", "1h"));
    if (tls != null) {
      all.put("http.tls.certificate", tls.certificate().toString());
      all.put("http.tls.key", tls.key().toString());
    }
    ChildRegistry child = ChildRegistry.start(data, all, LAUNCHED);
    PushClient client = tls == null ? child.client() : new PushClient(child.port(), tls.client());
    return new HostileRegistry(child, client, StoredData.of(data));
  }

  int port() {
    return child.port();
  }

  ChildRegistry child() {
    return child;
  }

  PushClient client() {
    return client;
  }

  Footprint footprint() {
    return Footprint.of(child.pid());
  }

  /**
   * Waits until nobody is connected and no upload is open.
   *
   * @return what it holds then
   */
  Footprint quiet() {
    Eventually.happens(
        "every upload ends",
        () -> stored.query("SELECT id FROM upload WHERE state IN ('open', 'sealed')").isEmpty());
    Eventually.happens("every staged file goes", () -> stored.staged().isEmpty());
    return footprint();
  }

  /** Fails unless it is as it was before, still serves, and had nothing unforeseen to report. */
  void requireUnharmed(Footprint before) {
    // A connection ends some moments after its client has left.
    boolean ignored = Eventually.holds(() -> quiet().grownSince(before, ALLOWED).isEmpty());
    Footprint after = quiet();
    List<String> grown = after.grownSince(before, ALLOWED);
    assertThat(grown).as("%s became %s", before, after).isEmpty();
    FuzzContent.push(client);
    assertThat(child.output().lines().filter(HostileRegistry::isAlarm)).isEmpty();
    stored.requireAgreement();
  }

  /** Returns what it printed from its first alarm on. */
  String alarm() {
    return child
        .output()
        .lines()
        .dropWhile(line -> !isAlarm(line))
        .limit(60)
        .collect(Collectors.joining("\n"));
  }

  private static boolean isAlarm(String line) {
    return line.contains(" ERROR ") || line.contains("LEAK:");
  }

  @Override
  public void close() {
    child.close();
  }
}
