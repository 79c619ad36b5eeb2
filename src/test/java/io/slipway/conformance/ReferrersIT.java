package io.slipway.conformance;

import io.slipway.oci.MediaTypes;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Lists what refers to a manifest (distribution-spec, "Listing Referrers"). */
class ReferrersIT {
  private static final String PATH = "/v2/{repo}/referrers/{missing}";
  private static final String SBOM = "application/vnd.example.sbom+json";
  private static final String SUBJECT =
      ",\"subject\":{\"mediaType\":\""
          + MediaTypes.OCI_MANIFEST
          + "\",\"digest\":\"{missing}\",\"size\":1}";

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
            .manifest(
                "sbom",
                "sbom",
                MediaTypes.OCI_ARTIFACT,
                "{\"mediaType\":\""
                    + MediaTypes.OCI_ARTIFACT
                    + "\",\"artifactType\":\""
                    + SBOM
                    + "\",\"annotations\":{\"a\":\"\\\"b\"}"
                    + SUBJECT
                    + "}")
            .manifest(
                "image",
                "image",
                MediaTypes.OCI_MANIFEST,
                Content.imageJson("").replace("\"annotations\":{}", "\"x\":1" + SUBJECT))
            .manifest(
                "index",
                "index",
                MediaTypes.OCI_INDEX,
                "{\"schemaVersion\":2,\"manifests\":[]" + SUBJECT + "}");
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @TestFactory
  Stream<DynamicTest> table() {
    String sbom =
        entry("sbom", MediaTypes.OCI_ARTIFACT, SBOM, ",\"annotations\":{\"a\":\"\\\"b\"}");
    String config = "application/vnd.oci.image.config.v1+json";
    String image = entry("image", MediaTypes.OCI_MANIFEST, config, "");
    String index = entry("index", MediaTypes.OCI_INDEX, "", "");
    String all =
        Stream.of(sbom, image, index)
            .sorted(Comparator.comparing(entry -> entry.replaceFirst(".*?sha256", "")))
            .collect(Collectors.joining(","));
    return List.of(
            list(PATH, all).without("OCI-Filters-Applied").without("Link"),
            filtered("application/vnd.example.sbom%2Bjson", sbom),
            filtered("application/vnd.example.sbom+json", sbom),
            filtered("application%2Fvnd.oci.image.config.v1%2Bjson", image),
            filtered("no/such", ""),
            list(PATH + "?last={missing}&x=y", after(all, content.get("missing"))),
            list("/v2/{repo}/referrers/{blob}", ""),
            list("/v2/no/such/referrers/{missing}", ""),
            Row.of("GET", "/v2/{repo}/referrers/sha256:x").is(400, "DIGEST_INVALID"),
            Row.of("GET", "/v2/{repo}/referrers/latest").is(400, "DIGEST_INVALID"),
            Row.of("GET", PATH + "?last=x").is(400, "DIGEST_INVALID"),
            Row.of("GET", "/v2/No/referrers/{missing}").is(400, "NAME_INVALID"))
        .stream()
        .map(row -> row.test(registry, content));
  }

  private static String after(String all, String digest) {
    return Stream.of(all.split("(?<=}),(?=\\{\"mediaType\")"))
        .filter(entry -> entry.replaceFirst(".*?(sha256:[0-9a-f]+).*", "$1").compareTo(digest) > 0)
        .collect(Collectors.joining(","));
  }

  private static Row filtered(String artifactType, String entries) {
    return list(PATH + "?artifactType=" + artifactType, entries)
        .header("OCI-Filters-Applied", "artifactType");
  }

  private static Row list(String path, String entries) {
    return Row.of("GET", path)
        .is(200)
        .header("Content-Type", MediaTypes.OCI_INDEX)
        .json(
            "{\"schemaVersion\":2,\"mediaType\":\""
                + MediaTypes.OCI_INDEX
                + "\",\"manifests\":["
                + entries
                + "]}");
  }

  private static String entry(String name, String mediaType, String artifactType, String more) {
    return content.resolve(
        "{\"mediaType\":\"%s\",\"digest\":\"{%s}\",\"size\":{%s.length}%s%s}"
            .formatted(
                mediaType,
                name,
                name,
                artifactType.isEmpty() ? "" : ",\"artifactType\":\"" + artifactType + '"',
                more));
  }
}
