package io.slipway.conformance;

import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Asks for the base, for paths that are none, and with methods that a path does not take. */
class BaseIT {
  private static final String HELLO = "{\"version\":\"2.0\",\"name\":\"slipway\"}";
  private static final String DIGEST = "sha256:" + "0".repeat(64);

  @TempDir static Path data;
  private static TestRegistry registry;

  @BeforeAll
  static void start() {
    registry = TestRegistry.start(data);
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @TestFactory
  Stream<DynamicTest> base() {
    return run(
        Row.of("GET", "/v2/").is(200).header("Content-Type", "application/json").json(HELLO),
        Row.of("GET", "/v2").is(200).json(HELLO),
        Row.of("GET", "/v2/?x=y").is(200).json(HELLO),
        Row.of("HEAD", "/v2/").is(200).header("Content-Length", "34"));
  }

  @TestFactory
  Stream<DynamicTest> unknownPaths() {
    return run(
        Row.of("GET", "/v2/x").is(404, "UNSUPPORTED"),
        Row.of("GET", "/v2/x/y").is(404, "UNSUPPORTED"),
        Row.of("HEAD", "/v2/x/y").is(404),
        Row.of("GET", "/v2/x/tags").is(404, "UNSUPPORTED"),
        Row.of("GET", "/v2/x/tags/list/").is(404, "UNSUPPORTED"),
        Row.of("GET", "/v2/x/manifests/").is(404, "UNSUPPORTED"),
        Row.of("GET", "/v2/manifests/latest").is(404, "UNSUPPORTED"),
        Row.of("GET", "/v2/x/manifests/a/b").is(404, "UNSUPPORTED"),
        Row.of("POST", "/v2/x/uploads/").body("text").is(404, "UNSUPPORTED"),
        Row.of("GET", "/v2/x/manifests/%00").is(400, "UNSUPPORTED"),
        Row.of("GET", "/v2/x/tags/list?last=" + "a".repeat(9000)).is(414, "UNSUPPORTED"));
  }

  @TestFactory
  Stream<DynamicTest> unknownMethods() {
    return run(
        other("PUT", "/v2/", "GET, HEAD"),
        other("DELETE", "/v2/_catalog", "GET"),
        other("POST", "/v2/x/tags/list", "GET"),
        other("PUT", "/v2/x/referrers/" + DIGEST, "GET"),
        other("POST", "/v2/x/manifests/latest", "GET, HEAD, PUT, DELETE"),
        other("PATCH", "/v2/x/blobs/" + DIGEST, "GET, HEAD, DELETE"),
        other("GET", "/v2/x/blobs/uploads/", "POST"),
        other("GET", "/v2/x/blobs/uploads", "POST"),
        other("POST", "/v2/x/blobs/uploads/1", "GET, HEAD, PATCH, PUT, DELETE"),
        other("OPTIONS", "/v2/", "GET, HEAD"));
  }

  private static Row other(String method, String path, String allowed) {
    return Row.of(method, path).is(405, "UNSUPPORTED").header("Allow", allowed);
  }

  private static Stream<DynamicTest> run(Row... rows) {
    Content nothing = new Content(registry);
    return Stream.of(rows).map(row -> row.test(registry, nothing));
  }
}
