package io.slipway.size;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.ChildRegistry;
import io.slipway.testing.PushClient;
import io.slipway.testing.StoredData;
import io.slipway.testing.WireConnection;
import io.slipway.testing.WireConnection.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lists far more tags and repositories than anybody pushes in a test: rows made by SQL, and in
 * their middle rows of deleted ones, where a page has the longest way over what is not there.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class LongPagesIT {
  private static final boolean LONG = Boolean.getBoolean("slipway.long");
  private static final int TAGS = LONG ? 1_000_000 : 50_000;
  private static final int REPOSITORIES = LONG ? 100_000 : 20_000;
  private static final int PAGE = 100;
  private static final int WARM_UP = LONG ? 2500 : 200;
  private static final int REQUESTS = LONG ? 1000 : 200;

  /** A page costs what any other costs; what is left is noise. */
  private static final int RATIO = 3;

  private static final String MANY = "many/tags";
  private static final String TAG_LIST = "/v2/" + MANY + "/tags/list";
  private static final String CATALOG = "/v2/_catalog";
  private static final byte[] INDEX =
      """
      {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"""
          .getBytes(UTF_8);

  private static final String INSERT_TAGS =
      """
      WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < %d)
      INSERT INTO tag (repo, name, digest, version, copied, updated_at)
      SELECT m.repo, 'v' || substr(CAST(10000000 + n AS TEXT), 2), CASE WHEN n BETWEEN %d AND %d THEN NULL ELSE m.digest END,
        1, 1, 0
      FROM number, manifest m
      """
          .formatted(rows(TAGS), gap(TAGS), gapEnd(TAGS) - 1);
  private static final String INSERT_REPOSITORIES =
      """
      WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < %d)
      INSERT INTO repository (name, created_at) SELECT 'team/app' || substr(CAST(10000000 + n AS TEXT), 2), 0 FROM number
      """
          .formatted(rows(REPOSITORIES));
  private static final String INSERT_MANIFESTS =
      """
      INSERT INTO manifest (repo, digest, media_type, artifact_type, annotations, size, image_size,
        created_at, touched_at, content)
      SELECT r.name, m.digest, m.media_type, m.artifact_type, m.annotations, m.size, m.image_size,
        m.created_at, m.touched_at, m.content
      FROM repository r, manifest m
      WHERE m.repo = '%s' AND r.name <> m.repo AND substr(r.name, 9) NOT BETWEEN '%07d' AND '%07d'
      """
          .formatted(MANY, gap(REPOSITORIES), gapEnd(REPOSITORIES) - 1);

  @TempDir static Path data;
  private static ChildRegistry registry;

  @BeforeAll
  static void insertsRows() {
    try (ChildRegistry first = ChildRegistry.start(data, Map.of())) {
      String type = "application/vnd.oci.image.index.v1+json";
      String path = "/v2/" + MANY + "/manifests/latest";
      assertThat(first.client().send("PUT", path, INDEX, "Content-Type", type).statusCode())
          .isEqualTo(201);
      assertThat(first.stop()).isZero();
    }
    StoredData stored = StoredData.of(data);
    stored.update(INSERT_TAGS);
    stored.update(INSERT_REPOSITORIES);
    stored.update(INSERT_MANIFESTS);
    registry = ChildRegistry.start(data, Map.of(), "-Xmx96m", "-XX:TieredStopAtLevel=4");
  }

  @AfterAll
  static void stops() {
    assertThat(registry.stop()).as(registry.output()).isZero();
  }

  private static int rows(int living) {
    return living + gapEnd(living) - gap(living);
  }

  private static int gap(int living) {
    return living / 2;
  }

  private static int gapEnd(int living) {
    return living / 10 * 9;
  }

  private static List<String> tags() {
    return Stream.concat(Stream.of("latest"), names("v%07d", TAGS)).toList();
  }

  private static List<String> repositories() {
    return Stream.concat(Stream.of(MANY), names("team/app%07d", REPOSITORIES)).toList();
  }

  private static Stream<String> names(String format, int count) {
    return IntStream.range(0, rows(count))
        .filter(n -> n < gap(count) || n >= gapEnd(count))
        .mapToObj(n -> format.formatted(n));
  }

  @Test
  void everyPageOfTagsTakesTheSameTime() {
    requireSameTime(TAG_LIST, "tags", tags());
  }

  @Test
  void everyPageOfTheCatalogTakesTheSameTime() {
    requireSameTime(CATALOG, "repositories", repositories());
  }

  @Test
  void theLinksLeadThroughAllTags() {
    assertThat(byLinks(TAG_LIST, "tags")).isEqualTo(tags());
  }

  @Test
  void theLinksLeadThroughAllRepositories() {
    assertThat(byLinks(CATALOG, "repositories")).isEqualTo(repositories());
  }

  @Test
  void oneAnswerHasThemAll() {
    PushClient client = registry.client();
    assertThat(names(new String(client.send("GET", TAG_LIST).body(), UTF_8), "tags"))
        .isEqualTo(tags());
    assertThat(names(new String(client.send("GET", CATALOG).body(), UTF_8), "repositories"))
        .isEqualTo(repositories());
  }

  private static List<String> byLinks(String list, String key) {
    List<String> all = new ArrayList<>();
    try (WireConnection connection = WireConnection.open(registry.port())) {
      String next = list + "?n=" + PAGE;
      while (!next.isEmpty()) {
        Answer page = get(connection, next);
        List<String> names = names(page.body(), key);
        all.addAll(names);
        String link = page.header("link");
        next = link.isEmpty() ? "" : link.substring(1, link.indexOf('>'));
        assertThat(names).hasSize(next.isEmpty() ? (all.size() - 1) % PAGE + 1 : PAGE);
      }
    }
    return all;
  }

  /** Asks for every page in turn, so that what else the machine does slows all of them alike. */
  private static void requireSameTime(String list, String key, List<String> all) {
    Map<String, Integer> starts = new LinkedHashMap<>();
    starts.put("first", 0);
    starts.put("middle", all.size() / 4);
    starts.put("over what is deleted", all.size() / 2 - PAGE / 2);
    starts.put("last", all.size() - PAGE);
    Map<String, long[]> times = new LinkedHashMap<>();
    try (WireConnection connection = WireConnection.open(registry.port())) {
      for (int i = -WARM_UP; i < REQUESTS; i++) {
        for (Map.Entry<String, Integer> page : starts.entrySet()) {
          int start = page.getValue();
          String path = list + "?n=" + PAGE + (start == 0 ? "" : "&last=" + all.get(start - 1));
          long begin = System.nanoTime();
          Answer answer = get(connection, path);
          long time = System.nanoTime() - begin;
          times.computeIfAbsent(page.getKey(), k -> new long[REQUESTS])[Math.max(i, 0)] = time;
          if (i == 0) {
            assertThat(names(answer.body(), key)).isEqualTo(all.subList(start, start + PAGE));
          }
        }
      }
    }
    times.forEach(
        (page, nanos) -> {
          Arrays.sort(nanos);
          System.out.printf(
              "%d %s, page %s: p50 %.2f ms, p99 %.2f ms%n",
              all.size(), key, page, nanos[REQUESTS / 2] / 1e6, nanos[REQUESTS * 99 / 100] / 1e6);
        });
    long first = requireNonNull(times.get("first"))[REQUESTS / 2];
    times.forEach(
        (page, nanos) -> assertThat(nanos[REQUESTS / 2]).as(page).isLessThan(RATIO * first));
  }

  private static Answer get(WireConnection connection, String path) {
    Answer answer = connection.head("GET", path).read();
    assertThat(answer.status()).as(path).isEqualTo(200);
    return answer;
  }

  private static List<String> names(String json, String key) {
    JsonArray names = new JsonObject(json).getJsonArray(key);
    return names.stream().map(String.class::cast).toList();
  }
}
