package io.slipway.gc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildCommand;
import io.slipway.testing.ChildRegistry;
import io.slipway.testing.Eventually;
import io.slipway.testing.FreePort;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestProfile;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Collections that nobody asks for, and one in whose middle the registry is told to end. */
class ScheduledGarbageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(100);
  private static final byte[] LOOSE = PushClient.bytes(1, 1000);
  private static final int MANY = TestProfile.isCluster() ? 1000 : 5000;

  @TempDir Path data;

  private Map<String, String> settings(String key, String value) {
    Map<String, String> all =
        new HashMap<>(Map.of("gc.grace", "5s", "gc.untagged_after", "5s", "uploads.timeout", "5s"));
    all.put(key, value);
    return all;
  }

  /** The clock is looked at again after a collection, so that there is another one. */
  private void collectsByItself(ChildRegistry registry, int times) {
    StoredData stored = StoredData.of(data);
    for (int i = 0; i < times; i++) {
      assertThat(registry.client().pushBlob("app", LOOSE).statusCode()).isEqualTo(201);
      Eventually.happens(
          "the blob is collected",
          PATIENCE,
          () -> stored.query("SELECT digest FROM blob").isEmpty());
    }
    assertThat(registry.stop()).isZero();
  }

  @Test
  void collectsAtAnInterval() {
    try (ChildRegistry registry = ChildRegistry.start(data, settings("gc.interval", "1s"))) {
      collectsByItself(registry, 2);
    }
  }

  /** In a time zone in which it is a quarter of a minute before a full one. */
  @Test
  void collectsAtTheTimesOfASchedule() {
    int soon = Math.floorMod(45 - LocalTime.now(ZoneOffset.UTC).getSecond(), 60);
    String zone = "-Duser.timezone=GMT+00:00:%02d".formatted(soon);
    Map<String, String> everyMinute = settings("gc.schedule", "* * * * *");
    try (ChildRegistry registry = ChildRegistry.start(data, everyMinute, zone)) {
      collectsByItself(registry, 1);
    }
  }

  private long left() {
    String count = "SELECT count(*) FROM link WHERE repo LIKE 'many/%'";
    return Long.parseLong(StoredData.of(data).query(count).getFirst());
  }

  /** Each repository is a transaction of a collection. */
  private void fill(ChildRegistry registry) {
    assertThat(registry.client().pushBlob("app", LOOSE).statusCode()).isEqualTo(201);
    String numbers = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < %d)";
    StoredData stored = StoredData.of(data);
    stored.update(
        (numbers + " INSERT INTO repository (name, created_at) SELECT 'many/' || n, 0 FROM n")
            .formatted(MANY));
    stored.update(
        (numbers
                + " INSERT INTO link (repo, digest, touched_at)"
                + " SELECT 'many/' || n, (SELECT digest FROM blob), 0 FROM n")
            .formatted(MANY));
  }

  @Test
  void endsInTheMiddleAndGoesOnWhereItWas() {
    Map<String, String> byHand = Map.of("gc.enabled", "false");
    long kept;
    try (ChildRegistry registry = ChildRegistry.start(data, byHand)) {
      fill(registry);
      CompletableFuture<HttpResponse<byte[]>> asked =
          CompletableFuture.supplyAsync(() -> registry.client().send("POST", "/_gc?grace=0s"));
      Eventually.happens("it deletes", PATIENCE, () -> left() < MANY - 10);
      long start = System.nanoTime();
      assertThat(registry.stop()).isZero();
      kept = left();
      assertThat(kept).as("links that are left after a stop").isPositive();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
      assertThat(asked.thenApply(HttpResponse::statusCode)).succeedsWithin(PATIENCE).isEqualTo(503);
    }
    // Nobody has the lease any more, and the next run has only the rest to do.
    assertThat(StoredData.of(data).query("SELECT until FROM lease WHERE name = 'gc'"))
        .isEqualTo(List.of("0"));
    Map<String, String> unheard = Map.of("gc.enabled", "false", "gc.http_wait", "1s");
    try (ChildRegistry registry = ChildRegistry.start(data, unheard)) {
      assertThat(left()).isEqualTo(kept);
      assertThat(registry.client().send("POST", "/_gc?grace=0s").statusCode()).isIn(200, 202);
      Eventually.happens("the rest is gone", PATIENCE, () -> left() == 0);
      assertThat(registry.stop()).isZero();
    }
  }

  @Test
  void tellsHowFarItIs() {
    int ops = FreePort.find();
    Map<String, String> byHand = Map.of("gc.enabled", "false", "ops.port", String.valueOf(ops));
    try (ChildRegistry registry = ChildRegistry.start(data, byHand)) {
      fill(registry);
      PushClient client = registry.client();
      String run = PushClient.path(client.send("POST", "/_gc?grace=0s&wait=0s"));
      Eventually.happens("it deletes", PATIENCE, () -> left() < MANY - 10);
      JsonObject shown = json(client.send("GET", run), 200);
      String metrics = new String(new PushClient(ops).send("GET", "/metrics").body(), UTF_8);
      assertThat(left()).as("links that are left").isPositive();
      assertThat(shown.getString("status")).isEqualTo("running");
      assertThat(shown.getString("phase")).isEqualTo("links");
      assertThat(shown.getLong("deletedLinks")).isPositive();
      assertThat(shown.getLong("deletedLayers")).isZero();
      assertThat(metrics).containsPattern("(?m)^slipway_gc_running 1(\\.0)?$");
      assertThat(metrics).containsPattern("slipway_gc_deleted_total\\{kind=\"link\"} [1-9]");
      assertThat(metrics).containsPattern("slipway_gc_marked_total [1-9]");
      assertThat(client.send("DELETE", run).statusCode()).isIn(200, 202);
      assertThat(registry.stop()).isZero();
    }
  }

  private static JsonObject json(HttpResponse<byte[]> answer, int status) {
    assertThat(answer.statusCode()).isEqualTo(status);
    return new JsonObject(Buffer.buffer(answer.body()));
  }

  @Test
  void endsWhenItIsCancelled() {
    Map<String, String> byHand = Map.of("gc.enabled", "false");
    try (ChildRegistry registry = ChildRegistry.start(data, byHand)) {
      fill(registry);
      PushClient client = registry.client();
      HttpResponse<byte[]> started = client.send("POST", "/_gc?grace=0s&wait=0s");
      assertThat(json(started, 202).getString("status")).isEqualTo("running");
      String run = PushClient.path(started);
      CompletableFuture<HttpResponse<byte[]>> next =
          CompletableFuture.supplyAsync(
              () -> registry.client().send("POST", "/_gc?grace=0s&dry_run=true"));
      Eventually.happens("it deletes", PATIENCE, () -> left() < MANY - 10);
      assertThat(client.send("DELETE", run).statusCode()).isEqualTo(202);
      Eventually.happens(
          "it ends",
          PATIENCE,
          () -> json(client.send("GET", run), 200).getString("status").equals("cancelled"));
      assertThat(left()).as("links that are left").isPositive();
      assertThat(next.thenApply(HttpResponse::statusCode))
          .as("the run behind it")
          .succeedsWithin(PATIENCE)
          .isIn(200, 202);
      assertThat(json(client.send("DELETE", run), 200).getString("status")).isEqualTo("cancelled");
      assertThat(client.send("DELETE", "/_gc/runs/none").statusCode()).isEqualTo(404);
      assertThat(client.send("POST", "/_gc?grace=0s").statusCode()).isIn(200, 202);
      Eventually.happens("the rest is gone", PATIENCE, () -> left() == 0);
      assertThat(registry.stop()).isZero();
    }
  }

  @Test
  void goesOnBehindACommandThatIsInterruptedAndSaysSo() throws Exception {
    Map<String, String> byHand = Map.of("gc.enabled", "false");
    try (ChildRegistry registry = ChildRegistry.start(data, byHand)) {
      fill(registry);
      String url = "http://127.0.0.1:" + registry.port();
      Process command =
          ChildCommand.launch(data, Map.of(), "gc", "--delete", "--grace", "0s", "--server", url);
      try {
        Eventually.happens("it deletes", PATIENCE, () -> left() < MANY - 10);
        command.toHandle().destroy();
        String said = new String(command.getErrorStream().readAllBytes(), UTF_8);
        assertThat(said)
            .contains("the collection goes on; to end it: curl -X DELETE " + url + "/_gc/runs/");
      } finally {
        command.destroyForcibly();
      }
      Eventually.happens("everything is gone", PATIENCE, () -> left() == 0);
      assertThat(registry.stop()).isZero();
    }
  }
}
