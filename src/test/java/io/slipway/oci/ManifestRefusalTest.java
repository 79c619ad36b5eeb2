package io.slipway.oci;

import static io.slipway.oci.ManifestJson.descriptor;
import static io.slipway.oci.ManifestJson.digest;
import static io.slipway.oci.ManifestJson.image;
import static io.slipway.oci.ManifestJson.index;
import static io.slipway.oci.ManifestJson.parse;
import static io.slipway.oci.Refusal.assertRefused;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the parser refuses, and that its message says why. */
final class ManifestRefusalTest {
  private static final String DIGEST = "\"digest\":\"" + digest(1) + "\"";
  private static final String OCI = "\"mediaType\":\"" + MediaTypes.OCI_MANIFEST + "\"";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\uDC00\"}",
        "{\"a\":\"\\ude00\\ud83d\"}",
        "{\"a\":\"\\ud83dx\\ude00\"}",
        "{\"\\ud800\":1}",
        "{\"a\":[{\"b\":[\"\\udbff\"]}]}"
      })
  void refusesHalvesOfCharacters(String json) {
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(json, MediaTypes.OCI_MANIFEST))
        .contains("not valid Unicode");
  }

  @Test
  void takesWholeCharactersInEscapesAndBackslashesBeforeAnU() {
    String annotations = ",\"annotations\":{\"\\ud83d\\ude00\":\"\\u00e4\\\\ud800\"}";
    assertThat(parse(image(annotations), MediaTypes.OCI_MANIFEST).annotations())
        .contains("\\\\ud800");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "1",
        "\"x\"",
        "{",
        "{}}",
        "{} {}",
        "{} x",
        "{,}",
        "{\"a\":1,}",
        "{'a':1}",
        "{a:1}",
        "{\"a\":NaN}",
        "{\"a\":01}",
        "{\"a\":\"\t\"}",
        "{/**/}",
        "\uFEFF{}",
        "{\"a\":1,\"a\":1}",
        "{\"a\":{\"b\":1,\"b\":1}}",
        "{\"a\":1,\"\\u0061\":2}"
      })
  void refusesWhatIsNoJsonObject(String json) {
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(json, MediaTypes.OCI_MANIFEST))
        .startsWith("tried to read the manifest but it is not ");
  }

  @Test
  void refusesTrailingBytes() {
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(image("") + "{}"));
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(image("") + "\0"));
    parse(image("") + "\r\n \t");
  }

  @Test
  void refusesAKeyThatComesTwice() {
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(image(",\"layers\":[]")))
        .contains("layers");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Layers", "CONFIG", "mediatype", "Subject", "Manifests", "layerſ"})
  void refusesAKeyThatManyReadersTakeForAnother(String key) {
    // Go's JSON reader, and with it most clients, ignores case: it would see another manifest.
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(image(",\"" + key + "\":[]")))
        .contains("\"" + key + "\"");
    String layer = descriptor("a/b", 1, ",\"Digest\":\"" + digest(2) + "\"");
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(index(MediaTypes.OCI_INDEX, layer, "")))
        .contains("\"Digest\"");
  }

  @ParameterizedTest
  @MethodSource
  void refusesOtherEncodings(Charset charset) {
    byte[] content = image(",\"annotations\":{\"a\":\"é\"}").getBytes(charset);
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> ManifestParser.parse(content, null))
        .contains("not valid UTF-8");
  }

  static Stream<Charset> refusesOtherEncodings() {
    return Stream.of(ISO_8859_1, Charset.forName("UTF-16"));
  }

  @ParameterizedTest
  @MethodSource
  void refusesEncodingsThatParsersGuess(Charset charset) {
    byte[] content = image("").getBytes(charset);
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> ManifestParser.parse(content, null));
  }

  static Stream<Charset> refusesEncodingsThatParsersGuess() {
    return Stream.of(UTF_16BE, UTF_16LE, Charset.forName("UTF-32BE"), Charset.forName("UTF-32LE"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u00c0\u00af", "\u00ed\u00a0\u0080", "\u00ff", "\u00e2\u0082"})
  void refusesBytesThatAreNoCharacter(String latin1) {
    // An overlong slash, half of a pair, a byte that never comes, a character cut short.
    byte[] content = image(",\"annotations\":{\"a\":\"" + latin1 + "\"}").getBytes(ISO_8859_1);
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> ManifestParser.parse(content, null))
        .contains("not valid UTF-8");
  }

  @ParameterizedTest
  @CsvSource({"64, [, ]", "5000, [, ]", "100000, [, ]", "5000, {\"a\":, }"})
  void refusesWhatIsTooDeep(int depth, String open, String close) {
    String deep = open.repeat(depth) + (open.equals("[") ? "" : "1") + close.repeat(depth);
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(image(",\"x\":" + deep)));
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(image(",\"x\":" + open.repeat(depth))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "null", "3", "0", "-2", "2.0", "\"2\"", "true", "[2]", "2e0", "99999999999"})
  void refusesOtherSchemaVersions(String version) {
    String field = version.isEmpty() ? "" : "\"schemaVersion\":" + version + ",";
    String json = "{%s%s,\"config\":%s}".formatted(field, OCI, descriptor("a/b", 1));
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(json))
        .endsWith("its schemaVersion is not 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "null", "[]", "{}", "true"})
  void refusesAMediaTypeThatIsNoText(String mediaType) {
    String json = "{\"schemaVersion\":2,\"mediaType\":" + mediaType + "}";
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(json, MediaTypes.OCI_MANIFEST))
        .endsWith("its mediaType is not a string");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // config
        "OCI_MANIFEST         | ''                       | its config is not a descriptor",
        "OCI_MANIFEST         | ,\"config\":null         | its config is not a descriptor",
        "OCI_MANIFEST         | ,\"config\":[]           | its config is not a descriptor",
        "OCI_MANIFEST         | ,\"config\":{}           | the size of its config",
        // layers
        "OCI_MANIFEST         | ,\"config\":D,\"layers\":{}     | its field layers is not an array",
        "OCI_MANIFEST         | ,\"config\":D,\"layers\":[1]    | its layers[0] is not a descriptor",
        "OCI_MANIFEST         | ,\"config\":D,\"layers\":[D,[]] | its layers[1] is not a descriptor",
        "DOCKER_MANIFEST      | ,\"config\":D            | its field layers is not an array",
        "DOCKER_MANIFEST      | ,\"config\":D,\"layers\":null   | its field layers is not an array",
        // index
        "OCI_INDEX            | ''                       | its field manifests is not an array",
        "OCI_INDEX            | ,\"manifests\":null      | its field manifests is not an array",
        "DOCKER_MANIFEST_LIST | ,\"manifests\":{}        | its field manifests is not an array",
        "OCI_INDEX            | ,\"manifests\":[null]    | its manifests[0] is not a descriptor",
        // two kinds at once
        "OCI_INDEX            | ,\"manifests\":[],\"config\":D  | config or layers of an image",
        "OCI_INDEX            | ,\"manifests\":[],\"layers\":[] | config or layers of an image",
        "OCI_MANIFEST         | ,\"config\":D,\"manifests\":[]  | the field manifests of an index",
        "DOCKER_MANIFEST      | ,\"config\":D,\"layers\":[],\"manifests\":[] | of an index",
        "OCI_ARTIFACT         | ,\"blobs\":[],\"layers\":[D]    | of an image manifest or index",
        "OCI_ARTIFACT         | ,\"blobs\":[],\"config\":D      | of an image manifest or index",
        "OCI_ARTIFACT         | ,\"manifests\":[D]              | of an image manifest or index",
        "OCI_ARTIFACT         | ,\"blobs\":D                    | its field blobs is not an array",
        // the rest
        "OCI_MANIFEST         | ,\"config\":D,\"subject\":1     | its subject is not a descriptor",
        "OCI_MANIFEST         | ,\"config\":D,\"subject\":{}    | the size of its subject",
        "OCI_INDEX            | ,\"manifests\":[],\"subject\":[] | its subject is not a descriptor",
        "OCI_MANIFEST         | ,\"config\":D,\"artifactType\":1 | artifactType is not a string",
        "OCI_MANIFEST         | ,\"config\":D,\"annotations\":[] | annotations are not an object",
        "OCI_MANIFEST         | ,\"config\":D,\"annotations\":{\"a\":1}    | is not a string",
        "OCI_MANIFEST         | ,\"config\":D,\"annotations\":{\"a\":null} | is not a string",
      })
  void refusesAnotherShape(String kind, String fields, String reason)
      throws ReflectiveOperationException {
    Object mediaType = MediaTypes.class.getField(kind).get(null);
    String json =
        "{\"schemaVersion\":2,\"mediaType\":\"" + mediaType + "\"" + fields.replace("D", "@") + "}";
    String whole = json.replace("@", descriptor("a/b", 1));
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(whole)).contains(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",\"size\":null",
        ",\"size\":-1",
        ",\"size\":1.0",
        ",\"size\":1e3",
        ",\"size\":\"1\"",
        ",\"size\":9223372036854775808",
        ",\"size\":true",
        ",\"size\":[1]",
        ",\"size\":1e400",
      })
  void refusesASizeThatIsNoWholeNumber(String size) {
    assertRefused(
            ErrorCode.MANIFEST_INVALID,
            () -> config("{\"mediaType\":\"a/b\"," + DIGEST + size + "}"))
        .endsWith("the size of its config is not a whole number from 0");
  }

  @Test
  void refusesNumbersThatTakeLongToRead() {
    String digits = "9".repeat(1_000_000);
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(image(",\"x\":" + digits)));
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(image(",\"x\":1e" + digits)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",\"digest\":null",
        ",\"digest\":1",
        ",\"digest\":\"\"",
        ",\"digest\":\"sha256:x\"",
        ",\"digest\":\"latest\"",
        ",\"digest\":[]"
      })
  void refusesADigestThatIsNone(String digest) {
    assertRefused(
            ErrorCode.MANIFEST_INVALID,
            () -> config("{\"mediaType\":\"a/b\",\"size\":1" + digest + "}"))
        .contains("digest");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",\"mediaType\":1",
        ",\"mediaType\":\"a/b\",\"urls\":\"https://x\"",
        ",\"mediaType\":\"a/b\",\"urls\":{\"a\":\"b\"}",
        ",\"mediaType\":\"a/b\",\"urls\":[1]"
      })
  void refusesOtherFieldsOfADescriptorThatAreOfAnotherKind(String fields) {
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> config("{\"size\":1," + DIGEST + fields + "}"));
  }

  private static void config(String descriptor) {
    parse("{\"schemaVersion\":2," + OCI + ",\"config\":" + descriptor + "}");
  }

  @Test
  void refusesMoreReferencesThanAreAllowed() {
    String layers =
        IntStream.range(0, Manifest.MAX_REFERENCES)
            .mapToObj(n -> descriptor("a/b", n))
            .collect(Collectors.joining(","));
    // With the config it is one more.
    String json =
        "{\"schemaVersion\":2,%s,\"config\":%s,\"layers\":[%s]}"
            .formatted(OCI, descriptor("a/b", 1), layers);
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(json)).contains("more than 10000");
    String blobs = layers + "," + descriptor("a/b", 1);
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse(index(MediaTypes.OCI_INDEX, blobs, "")));
  }

  @Test
  void repeatsNoneOfTheSendersControlCharacters() {
    byte[] content = image("text/\\u001b[31m\\nforged", "").getBytes(UTF_8);
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> ManifestParser.parse(content, null))
        .contains("text/?[31m?forged");
    assertRefused(ErrorCode.MANIFEST_INVALID, () -> parse("{\"a\":1,\"\\n\":1,\"\\n\":1}"))
        .doesNotContain("\n");
  }
}
