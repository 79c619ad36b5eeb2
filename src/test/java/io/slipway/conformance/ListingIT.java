package io.slipway.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.TestRegistry;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Lists tags and repositories, whole and by pages. */
class ListingIT {
  private static final String INDEX =
      "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
          + "\"manifests\":[]}";
  private static final String TYPE = "application/vnd.oci.image.index.v1+json";
  private static final String TAGS = "/v2/team/app/tags/list";

  @TempDir static Path data;
  private static TestRegistry registry;

  @BeforeAll
  static void start() {
    registry = TestRegistry.start(data);
    for (String tag : List.of("b", "a", "C", "1", "a.b")) {
      put("team/app", tag);
    }
    put("a", "latest");
    put("z/z", "latest");
    HttpResponse<byte[]> upload =
        registry.send("POST", "/v2/nothing/yet/blobs/uploads/", new byte[0]);
    assertThat(upload.statusCode()).isEqualTo(202);
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  private static void put(String repository, String reference) {
    String path = "/v2/" + repository + "/manifests/" + reference;
    byte[] body = INDEX.getBytes(StandardCharsets.UTF_8);
    assertThat(registry.send("PUT", path, body, "Content-Type", TYPE).statusCode()).isEqualTo(201);
  }

  @TestFactory
  Stream<DynamicTest> tags() {
    return run(
        tags("", "1", "C", "a", "a.b", "b"),
        tags("?last=a", "a.b", "b"),
        tags("?last=zz"),
        tags("?n=0").without("Link"),
        tags("?n=5", "1", "C", "a", "a.b", "b").without("Link"),
        tags("?n=10000", "1", "C", "a", "a.b", "b").without("Link"),
        tags("?n=2", "1", "C").header("Link", "<" + TAGS + "?n=2&last=C>; rel=\"next\""),
        tags("?last=C&n=2", "a", "a.b").header("Link", "<" + TAGS + "?n=2&last=a.b>; rel=\"next\""),
        tags("?n=2&last=a.b", "b").without("Link"),
        tags("?n=2&last=..%2F%22", "1", "C").header("Content-Type", "application/json"),
        Row.of("GET", TAGS + "?n=-1").is(400, "PAGINATION_NUMBER_INVALID"),
        Row.of("GET", TAGS + "?n=ten").is(400, "PAGINATION_NUMBER_INVALID"),
        Row.of("GET", TAGS + "?n=").is(400, "PAGINATION_NUMBER_INVALID"),
        Row.of("GET", TAGS + "?n=10001").is(400, "PAGINATION_NUMBER_INVALID"),
        Row.of("GET", TAGS + "?n=99999999999").is(400, "PAGINATION_NUMBER_INVALID"),
        Row.of("GET", "/v2/no/such/tags/list").is(404, "NAME_UNKNOWN"),
        Row.of("GET", "/v2/No/tags/list").is(400, "NAME_INVALID"));
  }

  private static Row tags(String query, String... expected) {
    return Row.of("GET", TAGS + query)
        .is(200)
        .json("{\"name\":\"team/app\",\"tags\":" + array(expected) + "}");
  }

  @TestFactory
  Stream<DynamicTest> repositories() {
    return Stream.of("/v2/_catalog", "/_catalog")
        .flatMap(
            path ->
                run(
                    catalog(path, "", "a", "team/app", "z/z"),
                    catalog(path, "?last=a", "team/app", "z/z"),
                    catalog(path, "?n=0").without("Link"),
                    catalog(path, "?n=3", "a", "team/app", "z/z").without("Link"),
                    catalog(path, "?n=2", "a", "team/app")
                        .header("Link", "<" + path + "?n=2&last=team%2Fapp>; rel=\"next\""),
                    catalog(path, "?n=2&last=team%2Fapp", "z/z").without("Link"),
                    Row.of("GET", path + "?n=x").is(400, "PAGINATION_NUMBER_INVALID")));
  }

  private static Row catalog(String path, String query, String... expected) {
    return Row.of("GET", path + query).is(200).json("{\"repositories\":" + array(expected) + "}");
  }

  private static String array(String... names) {
    return Stream.of(names)
        .map(name -> '"' + name + '"')
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static Stream<DynamicTest> run(Row... rows) {
    Content nothing = new Content(registry);
    return Stream.of(rows).map(row -> row.test(registry, nothing));
  }
}
