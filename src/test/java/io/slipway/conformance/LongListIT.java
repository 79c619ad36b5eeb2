package io.slipway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.TestRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists more tags than are read at once. */
class LongListIT {
  private static final byte[] INDEX =
      "{\"schemaVersion\":2,\"manifests\":[]}".getBytes(StandardCharsets.UTF_8);
  private static final String TYPE = "application/vnd.oci.image.index.v1+json";
  private static final String TAGS = "/v2/many/tags/list";

  @Test
  void aListOfAnyLengthComesWholeOrByPages(@TempDir Path data) {
    List<String> tags = IntStream.range(0, 1100).mapToObj(i -> "t%05d".formatted(i)).toList();
    try (TestRegistry registry = TestRegistry.start(data)) {
      for (int from = 0; from < tags.size(); from += 100) {
        String query = String.join("&tag=", tags.subList(from, from + 100));
        String path = "/v2/many/manifests/" + Content.digest(INDEX) + "?tag=" + query;
        assertThat(registry.send("PUT", path, INDEX, "Content-Type", TYPE).statusCode())
            .isEqualTo(201);
      }
      assertThat(names(registry.send("GET", TAGS))).isEqualTo(new JsonArray(tags));
      assertThat(byPages(registry)).isEqualTo(tags);
    }
  }

  private static List<Object> byPages(TestRegistry registry) {
    List<Object> all = new ArrayList<>();
    String next = TAGS + "?n=499";
    while (!next.isEmpty()) {
      HttpResponse<byte[]> page = registry.send("GET", next);
      all.addAll(names(page).getList());
      String link = page.headers().firstValue("Link").orElse("<>");
      next = link.substring(1, link.indexOf('>'));
    }
    return all;
  }

  private static JsonArray names(HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).isEqualTo(200);
    return new JsonObject(new String(answer.body(), StandardCharsets.UTF_8)).getJsonArray("tags");
  }
}
