package io.slipway.oci;

import static io.slipway.oci.ManifestJson.CONFIG;
import static io.slipway.oci.ManifestJson.LAYER;
import static io.slipway.oci.ManifestJson.descriptor;
import static io.slipway.oci.ManifestJson.digest;
import static io.slipway.oci.ManifestJson.image;
import static io.slipway.oci.ManifestJson.index;
import static io.slipway.oci.ManifestJson.parse;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the parser takes, and what it makes of it. */
final class ManifestParserTest {
  private static final String EMPTY_CONFIG = descriptor(MediaTypes.OCI_EMPTY, 1);

  @ParameterizedTest
  @ValueSource(strings = {MediaTypes.OCI_MANIFEST, MediaTypes.DOCKER_MANIFEST})
  void readsAnImage(String mediaType) {
    assertThat(parse(image(mediaType, "")))
        .isEqualTo(
            new Manifest(
                mediaType,
                CONFIG,
                List.of(
                    new Descriptor(CONFIG, digest(1), 1, false),
                    new Descriptor(LAYER, digest(2), 2, false)),
                List.of(),
                Optional.empty(),
                "{}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {MediaTypes.OCI_INDEX, MediaTypes.DOCKER_MANIFEST_LIST})
  void readsAnIndex(String mediaType) {
    String children =
        descriptor(MediaTypes.OCI_MANIFEST, 1, ",\"platform\":{\"os\":\"linux\"}")
            + ","
            + descriptor(MediaTypes.OCI_INDEX, 2)
            + ","
            + descriptor(MediaTypes.DOCKER_MANIFEST, 3)
            + ","
            + descriptor(MediaTypes.DOCKER_MANIFEST_LIST, 4)
            + ","
            + descriptor(MediaTypes.OCI_ARTIFACT, 5);
    Manifest manifest = parse(index(mediaType, children, ""));
    assertThat(manifest.mediaType()).isEqualTo(mediaType);
    assertThat(manifest.artifactType()).isEmpty();
    assertThat(manifest.blobs()).isEmpty();
    assertThat(manifest.children())
        .extracting(Descriptor::digest)
        .containsExactly(digest(1), digest(2), digest(3), digest(4), digest(5));
  }

  @Test
  void takesChildrenOfOtherMediaTypesForBlobs() {
    // Build caches are indexes of layers (image-spec: an unknown mediaType is no error), and what
    // is no manifest can only have been pushed as a blob.
    String children =
        descriptor(LAYER, 1)
            + ","
            + descriptor("application/vnd.buildkit.cacheconfig.v0", 2)
            + ","
            + descriptor(MediaTypes.OCI_MANIFEST, 3);
    Manifest manifest = parse(index(MediaTypes.OCI_INDEX, children, ""));
    assertThat(manifest.blobs())
        .extracting(Descriptor::digest)
        .containsExactly(digest(1), digest(2));
    assertThat(manifest.children()).extracting(Descriptor::digest).containsExactly(digest(3));
  }

  @Test
  void readsAnArtifact() {
    String blobs = descriptor("application/x-sbom", 7);
    Manifest manifest =
        parse(
            """
            {"mediaType":"%s","artifactType":"application/x-sbom","blobs":[%s],"subject":%s}
            """
                .formatted(MediaTypes.OCI_ARTIFACT, blobs, descriptor(MediaTypes.OCI_INDEX, 9)));
    assertThat(manifest.mediaType()).isEqualTo(MediaTypes.OCI_ARTIFACT);
    assertThat(manifest.artifactType()).isEqualTo("application/x-sbom");
    assertThat(manifest.blobs()).extracting(Descriptor::digest).containsExactly(digest(7));
    assertThat(manifest.subject()).contains(digest(9));
    assertThat(parse("{\"mediaType\":\"" + MediaTypes.OCI_ARTIFACT + "\"}").blobs()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ",\"artifactType\":\"a/b\" | a/b",
        ",\"artifactType\":\"\"    | " + CONFIG,
        ",\"artifactType\":null    | " + CONFIG,
        ",\"x\":1                  | " + CONFIG,
      })
  void takesTheTypeOfAnArtifactFromItsConfigElse(String more, String expected) {
    assertThat(parse(image(more)).artifactType()).isEqualTo(expected);
  }

  @Test
  void readsWhatAnIndexIs() {
    String json = index(MediaTypes.OCI_INDEX, "", ",\"artifactType\":\"a/b\"");
    assertThat(parse(json).artifactType()).isEqualTo("a/b");
    assertThat(parse(json).children()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"layers\":[]", ",\"layers\":null"})
  void takesAnImageWithoutLayers(String layers) {
    String json =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s%s}"
            .formatted(MediaTypes.OCI_MANIFEST, EMPTY_CONFIG, layers);
    assertThat(parse(json).blobs()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/vnd.oci.image.layer.nondistributable.v1.tar      | {}                | true",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip | {}                | true",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd | {}                | true",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip    | {}                | true",
        "application/vnd.docker.image.rootfs.diff.tar.gzip            | {}                | false",
        LAYER + " | {,\"urls\":[\"https://example.com/a\"]} | true",
        LAYER + " | {,\"urls\":[]}                          | false",
        LAYER + " | {,\"urls\":null}                        | false",
      })
  void knowsWhatMayLiveElsewhere(String mediaType, String more, boolean external) {
    String layer = descriptor(mediaType, 3, more.substring(1, more.length() - 1));
    String json =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(MediaTypes.DOCKER_MANIFEST, EMPTY_CONFIG, layer);
    assertThat(parse(json).blobs().getLast().external()).isEqualTo(external);
  }

  @Test
  void readsSubjectAndAnnotations() {
    Manifest manifest =
        parse(
            image(
                ",\"subject\":%s,\"annotations\":{\"b\":\"2\",\"a\":\"\\u00e9 \\\"\"}"
                    .formatted(descriptor(MediaTypes.OCI_MANIFEST, 5))));
    assertThat(manifest.subject()).contains(digest(5));
    assertThat(manifest.annotations()).isEqualTo("{\"b\":\"2\",\"a\":\"é \\\"\"}");
    Manifest without = parse(image(",\"subject\":null,\"annotations\":null"));
    assertThat(without.subject()).isEmpty();
    assertThat(without.annotations()).isEqualTo("{}");
    assertThat(parse(image(",\"annotations\":{}")).annotations()).isEqualTo("{}");
  }

  @Test
  void ignoresWhatItDoesNotKnow() {
    String nested = "[".repeat(60) + "]".repeat(60);
    String more = ",\"custom\":{\"a\":[1,2.5e300,-7,true,null,\"x\"]},\"deep\":" + nested;
    assertThat(parse(image(more))).isEqualTo(parse(image("")));
  }

  @Test
  void readsDigestsOfBothAlgorithmsAndSizesOfEveryLength() {
    String sha512 = "sha512:" + "0a".repeat(64);
    String json =
        """
        {"schemaVersion":2,"config":{"mediaType":"a/b","digest":"%s","size":9223372036854775807}}
        """
            .formatted(sha512);
    Descriptor config = parse(json, MediaTypes.OCI_MANIFEST).blobs().getFirst();
    assertThat(config)
        .isEqualTo(new Descriptor("a/b", Digest.parse(sha512), Long.MAX_VALUE, false));
  }

  @Test
  void readsAManifestOfAlmostFourMebibytes() {
    String json = image(",\"annotations\":{\"a\":\"" + "x".repeat(3_900_000) + "\"}");
    assertThat(parse(json).annotations()).hasSize(3_900_000 + 8);
    StringBuilder keys = new StringBuilder();
    for (int i = 0; keys.length() < 3_900_000; i++) {
      keys.append(i == 0 ? "" : ",").append("\"key").append(i).append("\":\"").append("\"");
    }
    assertThat(parse(image(",\"annotations\":{" + keys + "}")).annotations()).hasSizeGreaterThan(9);
  }

  @Test
  void readsAsManyReferencesAsAreAllowed() {
    String children =
        IntStream.range(0, Manifest.MAX_REFERENCES)
            .mapToObj(n -> descriptor(MediaTypes.OCI_MANIFEST, n))
            .collect(Collectors.joining(","));
    String json = index(MediaTypes.OCI_INDEX, children, "");
    assertThat(json.getBytes(UTF_8).length).isLessThan(Manifest.MAX_BYTES);
    assertThat(parse(json).children()).hasSize(Manifest.MAX_REFERENCES);
  }
}
