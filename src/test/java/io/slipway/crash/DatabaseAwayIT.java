package io.slipway.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.oci.Digest;
import io.slipway.testing.Eventually;
import io.slipway.testing.PostgresServer;
import io.slipway.testing.PushClient;
import io.slipway.testing.TestRegistry;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL ends, crashes, or answers no more while clients push and pull: they are told to come
 * back, in bounded time; what was acknowledged is there when it is back, and nobody restarted the
 * registry.
 */
final class DatabaseAwayIT {
  private static final int CLIENTS = 4;

  @TempDir Path data;

  private final PostgresServer postgres = PostgresServer.start();
  private final Map<String, byte[]> acknowledged = new ConcurrentHashMap<>();
  private final AtomicInteger pushed = new AtomicInteger();
  private final AtomicInteger unavailable = new AtomicInteger();
  private final AtomicBoolean ending = new AtomicBoolean();
  private @Nullable TestRegistry started;

  @BeforeEach
  void start() {
    postgres.execute("CREATE DATABASE registry");
    started =
        TestRegistry.start(
            data,
            "database.url",
            postgres.text("registry"),
            "database.connect_timeout",
            "1s",
            "database.statement_timeout",
            "2s");
  }

  @AfterEach
  void stop() {
    registry().close();
    postgres.close();
  }

  private TestRegistry registry() {
    return requireNonNull(started);
  }

  @Test
  void losesNothingWhenTheServerIsRestarted() throws Exception {
    underLoad(postgres::stop, postgres::startAgain);
  }

  @Test
  void losesNothingWhenTheServerCrashes() throws Exception {
    underLoad(postgres::crash, postgres::startAgain);
  }

  @Test
  void answersWhileTheServerDoesNot() throws Exception {
    underLoad(() -> postgres.signal("STOP"), () -> postgres.signal("CONT"));
  }

  private void underLoad(Runnable away, Runnable back) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      try {
        for (int i = 0; i < CLIENTS; i++) {
          int number = i;
          clients.add(threads.submit(() -> pushUntilTheEnd(number)));
        }
        pushes(20, clients);
        away.run();
        awaitRefusals(clients, back);
        pushes(20, clients);
      } finally {
        ending.set(true);
      }
      for (Future<?> client : clients) {
        client.get();
      }
    }
    acknowledged.forEach(
        (path, body) -> assertThat(registry().send("GET", path).body()).as(path).isEqualTo(body));
  }

  private void awaitRefusals(List<Future<?>> clients, Runnable back) {
    try {
      int before = unavailable.get();
      Eventually.happens(
          "clients are told to come back",
          () -> unavailable.get() >= before + CLIENTS || failed(clients));
      assertThat(registry().send("GET", "/readyz").statusCode()).isEqualTo(503);
    } finally {
      back.run();
    }
  }

  private void pushes(int more, List<Future<?>> clients) {
    int before = pushed.get();
    Eventually.happens("pushes go through", () -> pushed.get() >= before + more || failed(clients));
  }

  private static boolean failed(List<Future<?>> clients) {
    return clients.stream().anyMatch(Future::isDone);
  }

  private void pushUntilTheEnd(int client) {
    String repository = "/v2/away/client" + client;
    for (int i = 0; !ending.get(); i++) {
      byte[] layer = PushClient.bytes(client * 1_000_000L + i, 500);
      Digest digest = PushClient.digest(layer);
      byte[] manifest = PushClient.manifest(layer, layer);
      String blob = repository + "/blobs/" + digest;
      String byDigest = repository + "/manifests/" + PushClient.digest(manifest);
      if (put(repository + "/blobs/uploads/?digest=" + digest, "POST", layer, blob)
          && put(byDigest + "?tag=t" + i, "PUT", manifest, byDigest)) {
        acknowledged.put(repository + "/manifests/t" + i, manifest);
        pushed.incrementAndGet();
      }
    }
  }

  private boolean put(String path, String method, byte[] body, String readable) {
    long start = System.nanoTime();
    HttpResponse<byte[]> answer =
        registry().send(method, path, body, "Content-Type", PushClient.MANIFEST_TYPE);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    if (answer.statusCode() == 201) {
      acknowledged.put(readable, body);
      return true;
    }
    assertThat(answer.statusCode()).as(() -> new String(answer.body(), UTF_8)).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    unavailable.incrementAndGet();
    return false;
  }
}
