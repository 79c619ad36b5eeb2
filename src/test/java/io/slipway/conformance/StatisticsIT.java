package io.slipway.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.TestRegistry;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks how much the registry has, exactly as R6.5 shapes it. */
class StatisticsIT {
  private static final byte[] CONFIG = "{}".getBytes(UTF_8);
  private static final byte[] LAYER = PushClient.bytes(7, 1000);

  @TempDir Path data;

  private static void push(TestRegistry registry, String repository, String... tags) {
    PushClient client = new PushClient(registry.port());
    assertThat(client.pushBlob(repository, CONFIG).statusCode()).isEqualTo(201);
    assertThat(client.pushBlob(repository, LAYER).statusCode()).isEqualTo(201);
    for (String tag : tags) {
      assertThat(
              client.pushManifest(repository, tag, PushClient.manifest(CONFIG, LAYER)).statusCode())
          .isEqualTo(201);
    }
  }

  private static HttpResponse<byte[]> ask(TestRegistry registry, String query) {
    return registry.send("GET", "/_stats" + query, new byte[0]);
  }

  private static JsonObject body(HttpResponse<byte[]> response) {
    return new JsonObject(new String(response.body(), UTF_8));
  }

  @Test
  void tellsOfNothing() {
    try (TestRegistry registry = TestRegistry.start(data)) {
      HttpResponse<byte[]> answer = ask(registry, "");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(new String(answer.body(), UTF_8))
          .isEqualTo(
              "{\"repositories\":0,\"images\":0,\"layers\":{\"layers\":0,\"totalSize\":0,"
                  + "\"cacheHits\":0,\"cacheMisses\":0,\"hitRate\":0.0},\"repositoryDetails\":[]}");
    }
  }

  @Test
  void tellsOfWhatWasPushed() {
    Instant before = Instant.now().minusSeconds(1);
    try (TestRegistry registry = TestRegistry.start(data)) {
      push(registry, "team/app", "v1", "v2");
      push(registry, "a", "latest");
      JsonObject answer = body(ask(registry, ""));
      JsonObject first = answer.getJsonArray("repositoryDetails").getJsonObject(0);
      Instant pushed = Instant.parse(first.getString("lastPush"));
      assertThat(pushed).isBetween(before, Instant.now().plusSeconds(1));
      String second = answer.getJsonArray("repositoryDetails").getJsonObject(1).encode();
      assertThat(second)
          .matches(
              "\\{\"name\":\"team/app\",\"tags\":2,\"imageCount\":1,\"totalSize\":1002,"
                  + "\"lastPush\":\"[-0-9]{10}T[0-9:.]+Z\"}");
      answer.remove("repositoryDetails");
      assertThat(answer.encode())
          .isEqualTo(
              "{\"repositories\":2,\"images\":2,\"layers\":{\"layers\":2,\"totalSize\":1002,"
                  + "\"cacheHits\":2,\"cacheMisses\":2,\"hitRate\":50.0}}");
    }
    StoredData.of(data).requireAgreement();
  }

  @Test
  void countsAHeadThatSparedAPush() {
    try (TestRegistry registry = TestRegistry.start(data)) {
      push(registry, "a", "latest");
      String blob = "/v2/a/blobs/" + PushClient.digest(LAYER).text();
      assertThat(registry.send("HEAD", blob, new byte[0]).statusCode()).isEqualTo(200);
      String none = "/v2/a/blobs/" + PushClient.digest(new byte[] {1}).text();
      assertThat(registry.send("HEAD", none, new byte[0]).statusCode()).isEqualTo(404);
      registry.restart();
      JsonObject layers = body(ask(registry, "")).getJsonObject("layers");
      assertThat(layers.getLong("cacheHits")).as("written at the stop").isEqualTo(1);
      assertThat(layers.getDouble("hitRate")).isEqualTo(33.33);
    }
  }

  @Test
  void addsUpBehindTheAnswers() {
    try (TestRegistry registry = TestRegistry.start(data)) {
      push(registry, "a", "latest");
      StoredData stored = StoredData.of(data);
      Eventually.happens(
          "the changes are added up",
          Duration.ofSeconds(30),
          () -> stored.query("SELECT id FROM statistics_change").isEmpty());
      assertThat(body(ask(registry, "")).getLong("images")).isEqualTo(1);
    }
  }

  @Test
  void goesThroughRepositoriesByPages() {
    try (TestRegistry registry = TestRegistry.start(data)) {
      for (String repository : List.of("a", "b/c", "d")) {
        push(registry, repository, "latest");
      }
      HttpResponse<byte[]> first = ask(registry, "?n=2");
      assertThat(names(first)).containsExactly("a", "b/c");
      assertThat(first.headers().firstValue("Link"))
          .contains("</_stats?n=2&last=b%2Fc>; rel=\"next\"");
      HttpResponse<byte[]> second = ask(registry, "?n=2&last=b%2Fc");
      assertThat(names(second)).containsExactly("d");
      assertThat(second.headers().firstValue("Link")).isEmpty();
      assertThat(names(ask(registry, "?n=0"))).isEmpty();
      assertThat(ask(registry, "?n=3").headers().firstValue("Link")).isEmpty();
    }
  }

  private static List<String> names(HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).isEqualTo(200);
    return body(answer).getJsonArray("repositoryDetails").stream()
        .map(each -> ((JsonObject) each).getString("name"))
        .toList();
  }

  @Test
  void refusesANumberThatIsNone() {
    try (TestRegistry registry = TestRegistry.start(data)) {
      for (String n : List.of("", "x", "-1", "1001", "99999999999", "%00")) {
        HttpResponse<byte[]> answer = ask(registry, "?n=" + n);
        assertThat(answer.statusCode()).as(n).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type"))
            .contains("application/problem+json");
        JsonObject problem = body(answer);
        assertThat(problem.fieldNames())
            .containsExactly("type", "title", "status", "detail", "error");
        assertThat(problem.getString("error")).isEqualTo(problem.getString("detail"));
        assertThat(problem.getInteger("status")).isEqualTo(400);
        assertThat(problem.getString("detail")).startsWith("tried to ");
      }
      assertThat(ask(registry, "?last=%00").statusCode()).isEqualTo(400);
      assertThat(ask(registry, "?last=%1F").statusCode()).isEqualTo(400);
    }
  }
}
