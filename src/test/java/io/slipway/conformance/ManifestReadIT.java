package io.slipway.conformance;

import io.slipway.oci.MediaTypes;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Reads manifests by tag and by digest. */
class ManifestReadIT {
  private static final String TAG = "/v2/{repo}/manifests/v1";
  private static final String BY_DIGEST = "/v2/{repo}/manifests/{image}";

  @TempDir static Path data;
  private static TestRegistry registry;
  private static Content content;

  @BeforeAll
  static void start() {
    registry = TestRegistry.start(data);
    content =
        new Content(registry)
            .blob("config", new byte[] {'{', '}'})
            .blob("blob", Content.bytes(2048, 1))
            .image("image", "v1");
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @TestFactory
  Stream<DynamicTest> table() {
    return Stream.of(found(), conditions(), failures())
        .flatMap(List::stream)
        .map(row -> row.test(registry, content));
  }

  private static List<Row> found() {
    return List.of(
        found(Row.of("GET", TAG)).without("Cache-Control"),
        found(Row.of("HEAD", TAG)),
        found(Row.of("GET", BY_DIGEST)).header("Cache-Control", "max-age=31536000, immutable"),
        found(Row.of("HEAD", BY_DIGEST)),
        // Never 404 for what the client says it accepts.
        found(Row.of("GET", TAG).with("Accept", "application/xml")),
        found(Row.of("GET", TAG).with("Accept", MediaTypes.DOCKER_MANIFEST)),
        found(Row.of("GET", TAG).with("Accept-Encoding", "gzip")),
        found(Row.of("GET", "/v2/{repo}/manifests/%761")),
        found(Row.of("GET", TAG + "?ns=docker.io")));
  }

  private static Row found(Row row) {
    return row.is(200)
        .header("Content-Type", MediaTypes.OCI_MANIFEST)
        .header("Content-Length", "{image.length}")
        .header("Docker-Content-Digest", "{image}")
        .header("ETag", "\"{image}\"");
  }

  private static List<Row> conditions() {
    return List.of(
        unchanged("GET", TAG, "\"{image}\""),
        unchanged("HEAD", BY_DIGEST, "\"{image}\""),
        unchanged("GET", TAG, "W/\"{image}\", \"x\""),
        unchanged("GET", TAG, "*"),
        found(Row.of("GET", TAG).with("If-None-Match", "\"{blob}\"")));
  }

  private static Row unchanged(String method, String path, String entityTag) {
    return Row.of(method, path)
        .with("If-None-Match", entityTag)
        .is(304)
        .header("ETag", "\"{image}\"")
        .header("Docker-Content-Digest", "{image}");
  }

  private static List<Row> failures() {
    return List.of(
        Row.of("GET", "/v2/{repo}/manifests/none").is(404, "MANIFEST_UNKNOWN"),
        Row.of("HEAD", "/v2/{repo}/manifests/none").is(404),
        Row.of("GET", "/v2/{repo}/manifests/{missing}").is(404, "MANIFEST_UNKNOWN"),
        Row.of("GET", "/v2/{repo}/manifests/{blob}").is(404, "MANIFEST_UNKNOWN"),
        Row.of("GET", "/v2/other/manifests/{image}").is(404, "MANIFEST_UNKNOWN"),
        Row.of("GET", "/v2/{repo}/manifests/sha256:baddigeststring").is(400, "DIGEST_INVALID"),
        Row.of("GET", "/v2/{repo}/manifests/.hidden").is(400, "TAG_INVALID"),
        Row.of("GET", "/v2/{repo}/manifests/" + "t".repeat(129)).is(400, "TAG_INVALID"),
        Row.of("GET", "/v2/-team/manifests/v1").is(400, "NAME_INVALID"));
  }
}
