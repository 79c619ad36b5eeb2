package io.slipway.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ErrorCodeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BLOB_UNKNOWN          | 404 | blob unknown to registry",
        "BLOB_UPLOAD_INVALID   | 400 | blob upload invalid",
        "BLOB_UPLOAD_UNKNOWN   | 404 | blob upload unknown to registry",
        "DIGEST_INVALID        | 400 | provided digest did not match uploaded content",
        "MANIFEST_BLOB_UNKNOWN | 404 | manifest references a manifest or blob unknown to registry",
        "MANIFEST_INVALID      | 400 | manifest invalid",
        "MANIFEST_UNKNOWN      | 404 | manifest unknown to registry",
        "NAME_INVALID          | 400 | invalid repository name",
        "NAME_UNKNOWN          | 404 | repository name not known to registry",
        "SIZE_INVALID          | 400 | provided length did not match content length",
        "UNAUTHORIZED          | 401 | authentication required",
        "DENIED                | 403 | requested access to the resource is denied",
        "UNSUPPORTED           | 405 | the operation is unsupported",
        "TOOMANYREQUESTS       | 429 | too many requests",
      })
  void holdsTheTableOfTheSpecification(ErrorCode error, int status, String message) {
    assertThat(error.code()).isEqualTo(error.name());
    assertThat(error.status()).isEqualTo(status);
    assertThat(error.message()).isEqualTo(message);
  }

  @ParameterizedTest
  @CsvSource({
    "UPLOAD_RANGE_INVALID, BLOB_UPLOAD_INVALID, 416",
    "RANGE_INVALID, RANGE_INVALID, 416",
    "MANIFEST_TOO_LARGE, SIZE_INVALID, 413",
    "DELETE_REFUSED, UNSUPPORTED, 405",
    "PRECONDITION_FAILED, PRECONDITION_FAILED, 412",
    "NOT_FOUND, UNSUPPORTED, 404",
    "BAD_REQUEST, UNSUPPORTED, 400",
    "CONFLICT, CONFLICT, 409",
    "URI_TOO_LONG, UNSUPPORTED, 414",
    "HEADERS_TOO_LARGE, UNSUPPORTED, 431",
    "STORAGE_FULL, STORAGE_FULL, 507",
    "UNAVAILABLE, UNAVAILABLE, 503",
    "UNKNOWN, UNKNOWN, 500",
    "TAG_INVALID, TAG_INVALID, 400",
    "PAGINATION_NUMBER_INVALID, PAGINATION_NUMBER_INVALID, 400"
  })
  void addsWhatTheSpecificationHasNoCodeFor(ErrorCode error, String code, int status) {
    assertThat(error.code()).isEqualTo(code);
    assertThat(error.status()).isEqualTo(status);
  }

  @ParameterizedTest
  @EnumSource
  void hasCodesThatClientsCanRead(ErrorCode error) {
    assertThat(error.code()).matches("[A-Z_]+");
    assertThat(error.status()).isBetween(400, 599);
    assertThat(error.message()).isNotBlank();
  }

  @Test
  void carriesNoStack() {
    RegistryException plain = new RegistryException(ErrorCode.DENIED, "tried to a but b");
    plain.addSuppressed(new IllegalStateException());
    assertThat(plain.getStackTrace()).isEmpty();
    assertThat(plain.getSuppressed()).isEmpty();
    assertThat(plain).hasMessage("tried to a but b").hasNoCause();
    assertThat(plain.detail()).isEmpty();
    RegistryException detailed =
        new RegistryException(ErrorCode.DENIED, "x", Map.of("missing", List.of("a")));
    assertThat(detailed.code()).isEqualTo(ErrorCode.DENIED);
    assertThat(detailed.detail()).containsEntry("missing", List.of("a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\"b", "a\nb", "a\rb", "a\0b", "a\u007fb", "a\u001bb", "a\u0085b"})
  void repeatsNothingThatCouldForgeALine(String text) {
    assertThat(Quoted.of(text)).isEqualTo("\"a?b\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "latest", "größe", "名前", "\uD83D\uDE00"})
  void repeatsOtherTextAsItIs(String text) {
    assertThat(Quoted.of(text)).isEqualTo('"' + text + '"');
  }

  @Test
  void cutsLongTextBetweenCharacters() {
    assertThat(Quoted.of("a".repeat(128))).isEqualTo('"' + "a".repeat(128) + '"');
    assertThat(Quoted.of("a".repeat(129))).isEqualTo('"' + "a".repeat(128) + "…\"");
    String pairs = "\uD83D\uDE00".repeat(65);
    assertThat(Quoted.of("a" + pairs)).isEqualTo("\"a" + pairs.substring(0, 126) + "…\"");
  }
}
