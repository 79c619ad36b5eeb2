package io.slipway.http.v2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class V2PathTest {
  private static final List<String> WORDS =
      List.of("blobs", "manifests", "tags", "list", "uploads", "referrers", "v2", "_catalog", "a");

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "/v2, BASE, '', ''",
        "/v2/, BASE, '', ''",
        "/v2/_catalog, CATALOG, '', ''",
        "/_catalog, CATALOG, '', ''",
        "/v2/a/manifests/latest, MANIFEST, a, latest",
        "/v2/a/b/c/manifests/sha256:x, MANIFEST, a/b/c, sha256:x",
        "/v2/a/blobs/sha256:x, BLOB, a, sha256:x",
        "/v2/a/blobs/sha256%3Ax, BLOB, a, sha256:x",
        "/v2/a/blobs/uploads, UPLOADS, a, uploads",
        "/v2/a/blobs/uploads/, UPLOADS, a, ''",
        "/v2/a/blobs/uploads/1-2, UPLOAD, a, 1-2",
        "/v2/a/tags/list, TAGS, a, list",
        "/v2/a/referrers/x, REFERRERS, a, x",
        "/v2/a%2Fb/tags/list, TAGS, a%2Fb, list",
        "/v2/blobs/uploads/blobs/uploads/, UPLOADS, blobs/uploads, ''",
        "/v2/a/blobs/uploads/manifests/x, MANIFEST, a/blobs/uploads, x",
        "/v2/tags/list/tags/list, TAGS, tags/list, list",
        "/v2/a/manifests/tags/list, TAGS, a/manifests, list",
        "/v2//manifests/x, MANIFEST, '', x",
        "/v2/manifests/x, UNKNOWN, '', ''",
        "/v2/blobs/uploads/, UNKNOWN, '', ''",
        "/v2/blobs/uploads/x, UNKNOWN, '', ''",
        "/v2/a/manifests/, UNKNOWN, '', ''",
        "/v2/a/blobs/, UNKNOWN, '', ''",
        "/v2/a/tags/, UNKNOWN, '', ''",
        "/v2/a/tags/other, UNKNOWN, '', ''",
        "/v2/a/uploads/x, UNKNOWN, '', ''",
        "/v2/a, UNKNOWN, '', ''",
        "/v2x/, UNKNOWN, '', ''",
        "/v22, UNKNOWN, '', ''",
        "/v1/, UNKNOWN, '', ''",
        "'', UNKNOWN, '', ''",
        "/, UNKNOWN, '', ''"
      })
  void pathsAreReadFromTheirEnd(String path, Endpoint endpoint, String name, String item) {
    assertThat(V2Path.parse(path)).isEqualTo(new V2Path(endpoint, name, item));
  }

  @Property
  void everyNameIsFoundAgain(@ForAll("names") String name, @ForAll("items") String item) {
    assertThat(V2Path.parse("/v2/" + name + "/manifests/" + item))
        .isEqualTo(new V2Path(Endpoint.MANIFEST, name, item));
    assertThat(V2Path.parse("/v2/" + name + "/referrers/" + item))
        .isEqualTo(new V2Path(Endpoint.REFERRERS, name, item));
    assertThat(V2Path.parse("/v2/" + name + "/blobs/uploads/" + item))
        .isEqualTo(new V2Path(Endpoint.UPLOAD, name, item));
    assertThat(V2Path.parse("/v2/" + name + "/tags/list"))
        .isEqualTo(new V2Path(Endpoint.TAGS, name, "list"));
    assertThat(V2Path.parse("/v2/" + name + "/blobs/uploads/"))
        .isEqualTo(new V2Path(Endpoint.UPLOADS, name, ""));
  }

  @Property
  void anyPathIsReadWithoutFailing(@ForAll("paths") String path) {
    V2Path parsed = V2Path.parse(path);
    assertThat(parsed.item()).doesNotContain("/");
    assertThat(path).contains(parsed.name()).endsWith(parsed.item());
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.of(WORDS).list().ofMinSize(1).ofMaxSize(6).map(l -> String.join("/", l));
  }

  @Provide
  Arbitrary<String> items() {
    return Arbitraries.of(WORDS).map(word -> word + ".1");
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of(WORDS)
        .list()
        .ofMaxSize(8)
        .map(l -> "/" + String.join("/", l) + (l.size() % 2 == 0 ? "/" : ""));
  }
}
