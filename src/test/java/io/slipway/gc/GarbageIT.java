package io.slipway.gc;

import static io.slipway.testing.PushClient.digest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Collection of garbage as those who run a registry see it: POST /_gc, and what is left. */
class GarbageIT {
  private static final byte[] SHARED = PushClient.bytes(60, 5000);
  private static final byte[] OWN = PushClient.bytes(61, 3000);
  private static final byte[] OTHER = PushClient.bytes(62, 2000);
  private static final byte[] CONFIG = PushClient.bytes(63, 100);
  private static final byte[] IMAGE = PushClient.manifest(CONFIG, SHARED, OWN);
  private static final byte[] SECOND = PushClient.manifest(CONFIG, SHARED, OTHER);

  @TempDir Path data;
  private TestRegistry registry;
  private PushClient client;

  @BeforeEach
  void start() {
    registry = TestRegistry.start(data, "storage.delete_after", "0s", "gc.enabled", "false");
    client = new PushClient(registry.port());
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private void push(String repository, String tag, byte[] manifest, byte[]... blobs) {
    for (byte[] blob : blobs) {
      assertThat(client.pushBlob(repository, blob).statusCode()).isEqualTo(201);
    }
    assertThat(client.pushManifest(repository, tag, manifest).statusCode()).isEqualTo(201);
  }

  private JsonObject collect(String query) {
    HttpResponse<byte[]> answer = client.send("POST", "/_gc?" + query);
    assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isEqualTo(200);
    return new JsonObject(Buffer.buffer(answer.body()));
  }

  private void requireBlobs(byte[]... blobs) {
    Set<String> expected = new TreeSet<>();
    for (byte[] blob : blobs) {
      expected.add(digest(blob).text());
    }
    StoredData stored = StoredData.of(data);
    assertThat(stored.query("SELECT digest FROM blob ORDER BY digest"))
        .containsExactlyElementsOf(expected);
    Eventually.happens(
        "copies are written", () -> stored.query("SELECT 1 FROM copy_due").isEmpty());
    stored.requireAgreement();
  }

  private int status(String path) {
    return client.send("GET", "/v2/" + path).statusCode();
  }

  @Test
  void givesBackWhatADeletedImageHadForItself() {
    push("team/app", "one", IMAGE, CONFIG, SHARED, OWN);
    push("team/app", "two", SECOND, OTHER);
    assertThat(status("team/app/manifests/one")).isEqualTo(200);
    assertThat(status("team/app/blobs/" + digest(OWN))).isEqualTo(200);
    assertThat(collect("grace=0s")).isEqualTo(answer(0, 0));

    client.send("DELETE", "/v2/team/app/manifests/" + digest(IMAGE));
    assertThat(collect("")).as("within the grace").isEqualTo(answer(0, 0));
    assertThat(collect("grace=0s")).isEqualTo(answer(1, OWN.length));
    assertThat(collect("grace=0s")).isEqualTo(answer(0, 0));
    assertThat(status("team/app/blobs/" + digest(OWN))).isEqualTo(404);
    assertThat(status("team/app/blobs/" + digest(SHARED))).isEqualTo(200);
    assertThat(status("team/app/manifests/two")).isEqualTo(200);
    requireBlobs(CONFIG, SHARED, OTHER);

    push("team/app", "one", IMAGE, OWN);
    assertThat(status("team/app/blobs/" + digest(OWN))).isEqualTo(200);
    requireBlobs(CONFIG, SHARED, OTHER, OWN);
  }

  private static JsonObject answer(int layers, int bytes) {
    return new JsonObject().put("deletedLayers", layers).put("reclaimedBytes", bytes);
  }

  @Test
  void namesInADryRunWhatTheNextRunDeletes() {
    push("team/app", "one", IMAGE, CONFIG, SHARED, OWN);
    push("team/other", "one", SECOND, CONFIG, SHARED, OTHER);
    byte[] index = PushClient.index(SECOND);
    push("team/other", "all", index);
    client.send("DELETE", "/v2/team/other/manifests/one");
    client.send("DELETE", "/v2/team/other/manifests/all");
    assertThat(client.pushBlob("team/third", OWN).statusCode()).isEqualTo(201);

    JsonObject foreseen = collect("grace=0s&dry_run=true&verbose=true");
    assertThat(collect("grace=0s&dry_run=true&verbose=true")).isEqualTo(foreseen);
    assertThat(names(foreseen, "details")).containsExactly(digest(OTHER).text());
    assertThat(names(foreseen, "manifests"))
        .containsExactlyInAnyOrder(digest(SECOND).text(), digest(index).text());
    JsonObject done = collect("grace=0s&verbose=true");
    assertThat(done).isEqualTo(foreseen);
    assertThat(done.getLong("reclaimedBytes")).isEqualTo(OTHER.length);
    requireBlobs(CONFIG, SHARED, OWN);
    assertThat(StoredData.of(data).query("SELECT digest FROM link WHERE repo <> 'team/app'"))
        .isEmpty();
  }

  private static Set<String> names(JsonObject answer, String key) {
    JsonArray all = answer.getJsonArray(key);
    return all.stream()
        .map(one -> ((JsonObject) one).getString("digest"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void tellsWithEvents() {
    push("team/app", "one", IMAGE, CONFIG, SHARED, OWN);
    client.send("DELETE", "/v2/team/app/manifests/" + digest(IMAGE));
    collect("grace=0s");
    StoredData stored = StoredData.of(data);
    Eventually.happens(
        "events are delivered",
        () -> stored.query("SELECT 1 FROM outbox UNION ALL SELECT 1 FROM delivery").isEmpty());
    assertThat(stored.query("SELECT holder, token FROM lease WHERE name = 'gc' AND until = 0"))
        .containsExactly("gc|1");
    String told =
        "SELECT action || substr(subject, 37) FROM audit WHERE action LIKE 'gc.%' ORDER BY id";
    assertThat(stored.query(told))
        .containsExactly(
            "gc.started",
            "gc.progress manifests: 0 manifests, 0 links, 0 blobs, 0 bytes",
            "gc.progress links: 0 manifests, 3 links, 0 blobs, 0 bytes",
            "gc.progress blobs: 0 manifests, 3 links, 3 blobs, 8100 bytes",
            "gc.completed completed: 0 manifests, 3 blobs, 8100 bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"grace=5", "grace=-1s", "grace=", "dry_run=maybe", "verbose=1", "delete=true"})
  void refusesWhatItDoesNotUnderstand(String query) {
    HttpResponse<byte[]> answer = client.send("POST", "/_gc?" + query);
    assertThat(answer.statusCode()).isEqualTo(400);
    JsonObject error =
        new JsonObject(Buffer.buffer(answer.body())).getJsonArray("errors").getJsonObject(0);
    assertThat(error.getString("message")).startsWith("tried to collect garbage but");
    assertThat(error.getJsonObject("detail").getString("parameter"))
        .isEqualTo(query.substring(0, query.indexOf('=')));
  }

  @Test
  void tellsWhereALongRunCanBeSeen() {
    registry.close();
    registry = TestRegistry.start(data, "gc.http_wait", "0s", "gc.enabled", "false");
    client = new PushClient(registry.port());
    for (int i = 0; i < 4; i++) {
      push("many/r" + i, "t", IMAGE, CONFIG, SHARED, OWN);
    }
    HttpResponse<byte[]> answer = client.send("POST", "/_gc?dry_run=true");
    assertThat(answer.statusCode()).isEqualTo(202);
    String run = PushClient.path(answer);
    assertThat(run).startsWith("/_gc/runs/");
    Eventually.happens("it ends", () -> show(run).getString("status").equals("completed"));
    assertThat(show(run).getLong("deletedLayers")).isZero();
    assertThat(client.send("GET", "/_gc/runs/none").statusCode()).isEqualTo(404);
  }

  private JsonObject show(String run) {
    HttpResponse<byte[]> answer = client.send("GET", run);
    assertThat(answer.statusCode()).isEqualTo(200);
    return new JsonObject(Buffer.buffer(answer.body()));
  }

  @Test
  void leavesNothingOfUploadsThatEnded() {
    String session = client.start("team/app");
    client.patch(session, 0, OWN);
    assertThat(client.send("DELETE", session).statusCode()).isEqualTo(204);
    assertThat(client.pushBlob("team/app", OTHER).statusCode()).isEqualTo(201);
    collect("grace=0s");
    StoredData stored = StoredData.of(data);
    assertThat(stored.query("SELECT digest FROM blob UNION ALL SELECT digest FROM link"))
        .isEqualTo(List.of());
    stored.requireAgreement();
  }
}
