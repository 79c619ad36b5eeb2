package io.slipway.conformance;

import io.slipway.oci.MediaTypes;
import io.slipway.testing.TestRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Pushes tags on condition, so that of two who move one at once the second is told. */
class TagConditionIT {
  private static final String TAG = "/v2/{repo}/manifests/latest";

  @TestFactory
  Stream<DynamicTest> table(@TempDir Path data) {
    TestRegistry registry = TestRegistry.start(data);
    Content content = new Content(registry);
    for (String name : new String[] {"one", "two"}) {
      byte[] json = index(name).getBytes(StandardCharsets.UTF_8);
      content.named(name, Content.digest(json).text());
    }
    return Stream.of(
            put("one").with("If-Match", "\"{one}\"").is(412, "PRECONDITION_FAILED"),
            put("one").with("If-Match", "*").is(412, "PRECONDITION_FAILED"),
            put("one").with("If-None-Match", "*").is(201).header("ETag", "\"{one}\""),
            put("two").with("If-None-Match", "*").is(412, "PRECONDITION_FAILED"),
            put("two").with("If-Match", "\"{two}\"").is(412, "PRECONDITION_FAILED"),
            put("two").with("If-Match", "W/\"{one}\"").is(412, "PRECONDITION_FAILED"),
            put("two").with("If-Match", "\"nothing\"").is(412, "PRECONDITION_FAILED"),
            Row.of("GET", TAG).is(200).header("Docker-Content-Digest", "{one}"),
            put("two").with("If-Match", "\"x\", \"{one}\"").is(201),
            Row.of("GET", TAG).is(200).header("Docker-Content-Digest", "{two}"),
            // The answer may have been lost: the same push again is no conflict.
            put("two").with("If-Match", "\"{one}\"").is(201),
            put("one").with("If-Match", "*").is(201),
            put("two").with("If-None-Match", "\"{one}\"").is(400, "UNSUPPORTED"),
            put("two").with("If-None-Match", "*").with("If-Match", "*").is(400, "UNSUPPORTED"),
            Row.of("DELETE", TAG).is(202),
            put("two").with("If-Match", "*").is(412, "PRECONDITION_FAILED"),
            put("two").with("If-None-Match", "*").is(201))
        .map(row -> row.test(registry, content))
        .onClose(registry::close);
  }

  private static Row put(String name) {
    return Row.of("PUT", TAG).with("Content-Type", MediaTypes.OCI_INDEX).body(index(name));
  }

  private static String index(String name) {
    return "{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{\"name\":\"" + name + "\"}}";
  }
}
