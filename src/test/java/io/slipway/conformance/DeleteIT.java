package io.slipway.conformance;

import static io.slipway.conformance.Content.imageJson;

import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Deletes tags, manifests and blobs, in this order (distribution-spec, "Content Management"). */
class DeleteIT {
  private static final String MANIFESTS = "/v2/{repo}/manifests/";
  private static final String INDEX =
      "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
          + "\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
          + "\"digest\":\"{image}\",\"size\":1}]}";

  private static Content content(TestRegistry registry) {
    return new Content(registry)
        .blob("config", new byte[] {'{', '}'})
        .blob("blob", Content.bytes(2048, 1))
        .blob("free", Content.bytes(10, 2))
        .image("image", "v1")
        .manifest("image", "v2", "application/json", imageJson("\"name\":\"image\""))
        .manifest("index", "all", "application/json", INDEX);
  }

  @TestFactory
  Stream<DynamicTest> whatIsNamedStays(@TempDir Path data) {
    TestRegistry registry = TestRegistry.start(data);
    Content content = content(registry);
    return Stream.of(named(), tags(), manifests(), blobs())
        .flatMap(List::stream)
        .map(row -> row.test(registry, content))
        .onClose(registry::close);
  }

  private static List<Row> named() {
    return List.of(
        delete("/v2/{repo}/blobs/{free}").is(202).header("Docker-Content-Digest", "{free}"),
        Row.of("HEAD", "/v2/{repo}/blobs/{free}").is(404),
        delete("/v2/{repo}/blobs/{free}").is(404, "BLOB_UNKNOWN"),
        delete("/v2/{repo}/blobs/{blob}").is(405, "UNSUPPORTED"),
        delete(MANIFESTS + "{image}").is(405, "UNSUPPORTED"),
        Row.of("GET", "/v2/{repo}/blobs/{blob}").is(200),
        Row.of("GET", MANIFESTS + "{image}").is(200));
  }

  private static List<Row> tags() {
    return List.of(
        delete(MANIFESTS + "v1").is(202).header("Docker-Content-Digest", "{image}"),
        Row.of("HEAD", MANIFESTS + "v1").is(404),
        Row.of("GET", MANIFESTS + "v1").is(404, "MANIFEST_UNKNOWN"),
        Row.of("GET", MANIFESTS + "v2").is(200),
        Row.of("GET", MANIFESTS + "{image}").is(200),
        delete(MANIFESTS + "v1").is(404, "MANIFEST_UNKNOWN"),
        delete(MANIFESTS + ".").is(400, "TAG_INVALID"),
        delete("/v2/other/manifests/v1").is(404, "MANIFEST_UNKNOWN"));
  }

  private static List<Row> manifests() {
    return List.of(
        delete(MANIFESTS + "{index}").is(202).header("Docker-Content-Digest", "{index}"),
        Row.of("GET", MANIFESTS + "{index}").is(404, "MANIFEST_UNKNOWN"),
        Row.of("GET", MANIFESTS + "all").is(404, "MANIFEST_UNKNOWN"),
        delete(MANIFESTS + "{image}").is(202),
        Row.of("GET", MANIFESTS + "v2").is(404, "MANIFEST_UNKNOWN"),
        delete(MANIFESTS + "{image}").is(404, "MANIFEST_UNKNOWN"),
        delete(MANIFESTS + "sha256:x").is(400, "DIGEST_INVALID"),
        Row.of("GET", "/v2/{repo}/tags/list").is(200).json("{\"name\":\"team/app\",\"tags\":[]}"));
  }

  private static List<Row> blobs() {
    return List.of(
        delete("/v2/{repo}/blobs/{blob}").is(202),
        Row.of("GET", "/v2/{repo}/blobs/{blob}").is(404, "BLOB_UNKNOWN"),
        delete("/v2/{repo}/blobs/latest").is(400, "DIGEST_INVALID"));
  }

  /** Tags too: CVE-2026-41888 was that they could be deleted all the same. */
  @TestFactory
  Stream<DynamicTest> deletionCanBeSwitchedOff(@TempDir Path data) {
    TestRegistry registry = TestRegistry.start(data, "storage.delete.enabled", "false");
    Content content = content(registry);
    return Stream.of(
            off(MANIFESTS + "v1").header("Allow", "GET, HEAD, PUT"),
            off(MANIFESTS + "%761").header("Allow", "GET, HEAD, PUT"),
            off(MANIFESTS + "{image}").header("Allow", "GET, HEAD, PUT"),
            off("/v2/{repo}/blobs/{free}").header("Allow", "GET, HEAD"),
            Row.of("GET", MANIFESTS + "v1").is(200),
            Row.of("HEAD", "/v2/{repo}/blobs/{free}").is(200),
            // To cancel an upload deletes nothing that was there.
            delete("/v2/{repo}/blobs/uploads/1").is(404, "BLOB_UPLOAD_UNKNOWN"))
        .map(row -> row.test(registry, content))
        .onClose(registry::close);
  }

  private static Row off(String path) {
    return delete(path).is(405, "UNSUPPORTED");
  }

  private static Row delete(String path) {
    return Row.of("DELETE", path);
  }
}
