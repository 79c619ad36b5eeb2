package io.slipway.conformance;

import static io.slipway.conformance.Content.imageJson;

import io.slipway.oci.MediaTypes;
import io.slipway.testing.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Pushes manifests of every kind, and what is none. */
class ManifestWriteIT {
  private static final String ARTIFACT_TYPE = "application/vnd.example.sbom";

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
    return Stream.of(kinds(), contentTypes(), tags(), refused(), unreadable())
        .flatMap(List::stream)
        .map(row -> row.test(registry, content));
  }

  private static List<Row> kinds() {
    String children =
        "\"manifests\":[{\"mediaType\":\""
            + MediaTypes.OCI_MANIFEST
            + "\",\"digest\":\"{image}\",\"size\":1}]";
    return List.of(
        put("k1", MediaTypes.OCI_MANIFEST, imageJson("")),
        put(
            "k2",
            MediaTypes.DOCKER_MANIFEST,
            imageJson("").replace(MediaTypes.OCI_MANIFEST, MediaTypes.DOCKER_MANIFEST)),
        put("k3", MediaTypes.OCI_INDEX, index(MediaTypes.OCI_INDEX, children)),
        put(
            "k4",
            MediaTypes.DOCKER_MANIFEST_LIST,
            index(MediaTypes.DOCKER_MANIFEST_LIST, children)),
        put("k5", MediaTypes.OCI_INDEX, index(MediaTypes.OCI_INDEX, "\"manifests\":[]")),
        put("k6", MediaTypes.OCI_ARTIFACT, artifact("")),
        put("k7", MediaTypes.OCI_ARTIFACT, artifact(",\"subject\":" + descriptor("{missing}")))
            .header("OCI-Subject", "{missing}"),
        put(
                "k8",
                MediaTypes.OCI_INDEX,
                index(
                    MediaTypes.OCI_INDEX, "\"manifests\":[],\"subject\":" + descriptor("{image}")))
            .header("OCI-Subject", "{image}"));
  }

  private static String index(String mediaType, String members) {
    return "{\"schemaVersion\":2,\"mediaType\":\"" + mediaType + "\"," + members + "}";
  }

  private static String artifact(String members) {
    return "{\"mediaType\":\""
        + MediaTypes.OCI_ARTIFACT
        + "\",\"artifactType\":\""
        + ARTIFACT_TYPE
        + "\",\"blobs\":[]"
        + members
        + "}";
  }

  private static String descriptor(String digest) {
    return "{\"mediaType\":\""
        + MediaTypes.OCI_MANIFEST
        + "\",\"digest\":\""
        + digest
        + "\",\"size\":1}";
  }

  /** Pushes a manifest by tag and expects it to be taken. */
  private static Row put(String tag, String contentType, String template) {
    String json = content.resolve(template);
    String digest = Content.digest(json.getBytes(StandardCharsets.UTF_8)).text();
    return Row.of("PUT", "/v2/{repo}/manifests/" + tag)
        .with("Content-Type", contentType)
        .body(json)
        .is(201)
        .header("Location", registry.uri("/v2/team/app/manifests/" + digest).toString())
        .header("Docker-Content-Digest", digest)
        .header("Content-Length", "0");
  }

  private static List<Row> contentTypes() {
    return List.of(
        put("c1", "application/json", imageJson("")),
        put("c2", MediaTypes.OCI_MANIFEST + "; charset=utf-8", imageJson("")),
        put("c3", "APPLICATION/vnd.oci.image.manifest.v1+json", imageJson("")),
        Row.of("PUT", "/v2/{repo}/manifests/c4").body(content.resolve(imageJson(""))).is(201),
        invalid(MediaTypes.OCI_INDEX, imageJson("")),
        invalid("text/plain", imageJson("")),
        invalid("application/vnd.docker.distribution.manifest.v1+json", "{\"schemaVersion\":1}"),
        invalid("application/vnd.docker.distribution.manifest.v1+prettyjws", "{}"),
        invalid("application/json", "{\"schemaVersion\":2}"));
  }

  private static List<Row> tags() {
    String json = content.resolve(imageJson("\"for\":\"tags\""));
    String digest = Content.digest(json.getBytes(StandardCharsets.UTF_8)).text();
    String path = "/v2/{repo}/manifests/" + digest;
    return List.of(
        Row.of("PUT", path).body(json).is(201).without("OCI-Tag"),
        Row.of("PUT", path + "?tag=b&tag=a&tag=b").body(json).is(201).header("OCI-Tag", "a, b"),
        Row.of("HEAD", "/v2/{repo}/manifests/b").is(200).header("Docker-Content-Digest", digest),
        Row.of("PUT", path + "?tag=-x").body(json).is(400, "TAG_INVALID"),
        Row.of("PUT", path + "?tag=").body(json).is(400, "TAG_INVALID"),
        Row.of("PUT", path + "?tag=t" + "&tag=t".repeat(100)).body(json).is(414, "UNSUPPORTED"),
        Row.of("PUT", "/v2/{repo}/manifests/x?tag=y").body(json).is(400, "UNSUPPORTED"),
        Row.of("GET", "/v2/{repo}/manifests/y").is(404, "MANIFEST_UNKNOWN"));
  }

  private static List<Row> refused() {
    String missing = "\"digest\":\"{missing}\"";
    return List.of(
        Row.of("PUT", "/v2/{repo}/manifests/{missing}")
            .with("Content-Type", MediaTypes.OCI_MANIFEST)
            .body(content.resolve(imageJson("")))
            .is(400, "DIGEST_INVALID"),
        Row.of("PUT", "/v2/{repo}/manifests/sha256:baddigeststring")
            .body("{}")
            .is(400, "DIGEST_INVALID"),
        Row.of("PUT", "/v2/{repo}/manifests/.x").body("{}").is(400, "TAG_INVALID"),
        Row.of("PUT", "/v2/Upper/manifests/x").body("{}").is(400, "NAME_INVALID"),
        push(imageJson("").replace("\"digest\":\"{blob}\"", missing))
            .is(404, "MANIFEST_BLOB_UNKNOWN"),
        push(index(MediaTypes.OCI_INDEX, "\"manifests\":[" + descriptor("{missing}") + "]"))
            .is(404, "MANIFEST_BLOB_UNKNOWN"),
        Row.of("GET", "/v2/{repo}/manifests/refused").is(404, "MANIFEST_UNKNOWN"),
        Row.of("PUT", "/v2/{repo}/manifests/refused")
            .body("{\"a\":\"" + "x".repeat(4 * 1024 * 1024) + "\"}")
            .is(413, "SIZE_INVALID"));
  }

  private static Row push(String template) {
    return Row.of("PUT", "/v2/{repo}/manifests/refused").body(content.resolve(template));
  }

  private static Row invalid(String contentType, String template) {
    return push(template).with("Content-Type", contentType).is(400, "MANIFEST_INVALID");
  }

  private static List<Row> unreadable() {
    return Stream.of(
            "",
            "nonsense",
            "[]",
            "{",
            imageJson("") + "{}",
            imageJson("").replace("\"layers\"", "\"config\""),
            imageJson("").replace("\"size\":2048", "\"size\":-1"),
            imageJson("").replace("{blob}", "sha256:abc"),
            imageJson("").replace("\"layers\"", "\"manifests\":[],\"layers\""))
        .map(json -> invalid(MediaTypes.OCI_MANIFEST, json))
        .toList();
  }
}
