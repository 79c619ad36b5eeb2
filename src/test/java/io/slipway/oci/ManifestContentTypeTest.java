package io.slipway.oci;

import static io.slipway.oci.ManifestJson.descriptor;
import static io.slipway.oci.ManifestJson.image;
import static io.slipway.oci.ManifestJson.parse;
import static io.slipway.oci.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How Content-Type and the body's own media type decide what a manifest is. */
final class ManifestContentTypeTest {
  private static final String OCI = MediaTypes.OCI_MANIFEST;
  private static final String SILENT =
      "{\"schemaVersion\":2,\"config\":%s,\"layers\":[]}".formatted(descriptor("a/b", 1));

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        " ; x=y",
        OCI,
        OCI + ";charset=utf-8",
        OCI + " ; a=b; c=d",
        " " + OCI + " ",
        "Application/vnd.OCI.image.manifest.v1+JSON"
      })
  void takesWhatAgreesWithTheBody(String contentType) {
    assertThat(parse(image(""), contentType).mediaType()).isEqualTo(OCI);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        MediaTypes.DOCKER_MANIFEST,
        MediaTypes.OCI_INDEX,
        "text/plain",
        "application/octet-stream",
        "application/json+x",
        "application/jsonx",
        "x"
      })
  void refusesWhatDoesNot(String contentType) {
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(image(""), contentType))
        .contains(OCI)
        .contains("\"" + contentType + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {OCI, MediaTypes.DOCKER_MANIFEST})
  void goesByTheContentTypeWhenTheBodyIsSilent(String contentType) {
    assertThat(parse(SILENT, contentType).mediaType()).isEqualTo(contentType);
    String empty = SILENT.replace("{\"schema", "{\"mediaType\":\"\",\"schema");
    assertThat(parse(empty, contentType).mediaType()).isEqualTo(contentType);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "application/json"})
  void refusesAManifestThatNobodyNames(String contentType) {
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(SILENT, contentType))
        .contains("neither its mediaType nor its Content-Type");
  }

  @ParameterizedTest
  @ValueSource(strings = {MediaTypes.OCI_EMPTY, ManifestJson.CONFIG, "text/html"})
  void refusesMediaTypesOfOtherThings(String type) {
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(SILENT, type))
        .contains("\"" + type + "\" is not one of a manifest");
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(image(type, "")))
        .contains("\"" + type + "\" is not one of a manifest");
  }

  @Test
  void readsTheBodysOwnTypeExactly() {
    String upper = image("Application/vnd.oci.image.manifest.v1+json", "");
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(upper, null));
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(image(OCI + "; a=b", ""), OCI));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/vnd.docker.distribution.manifest.v1+json      | {\"schemaVersion\":1}",
        "application/vnd.docker.distribution.manifest.v1+prettyjws | {\"schemaVersion\":1}",
        "application/json                                          | {\"schemaVersion\":1}",
        "application/vnd.docker.distribution.manifest.v1+json      | {\"schemaVersion\":2}",
        "application/json | {\"schemaVersion\":1,\"name\":\"a\",\"tag\":\"b\",\"fsLayers\":[]}",
      })
  void tellsThatSchema1IsNotSupported(String contentType, String json) {
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(json, contentType))
        .contains("Docker schema 1 manifests are not supported")
        .contains("push it again");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json | ''",
        "Application/JSON;q=1 | ''",
        "'' | ''",
        "; | ''",
        "Text/Plain ; charset=x | text/plain"
      })
  void readsAContentType(String header, String expected) {
    assertThat(MediaTypes.specific(header)).isEqualTo(expected);
  }

  @Test
  void knowsNothingOfNoContentType() {
    assertThat(MediaTypes.specific(null)).isEmpty();
  }
}
