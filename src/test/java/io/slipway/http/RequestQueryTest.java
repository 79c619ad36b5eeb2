package io.slipway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestQueryTest {
  @Test
  void parametersAreDecoded() {
    RequestQuery query =
        RequestQuery.parse("digest=sha256%3Aab&tag=a&x&tag=b&y=&t=a+b%20%C3%BC&e=a=b");
    assertThat(query.text("digest")).contains("sha256:ab");
    assertThat(query.all("tag")).containsExactly("a", "b");
    assertThat(query.has("x")).isTrue();
    assertThat(query.text("x")).isEmpty();
    assertThat(query.text("y")).isEmpty();
    // Media types hold plus signs, and nothing of the API holds a space.
    assertThat(query.text("t")).contains("a+b ü");
    assertThat(query.text("e")).contains("a=b");
    assertThat(query.has("z")).isFalse();
  }

  @Test
  void nothingIsEmpty() {
    assertThat(RequestQuery.parse(null).has("")).isFalse();
    assertThat(RequestQuery.parse("").has("")).isFalse();
    assertThat(RequestQuery.parse("&&").has("")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=%", "a=%1", "a=%xy", "%0a=1", "a=%00", "a=%\uff12\uff11"})
  void malformedEscapesAreRefused(String raw) {
    assertThatThrownBy(() -> RequestQuery.parse(raw))
        .isInstanceOfSatisfying(
            RegistryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST));
  }

  @Test
  void tooMuchIsRefused() {
    for (String raw : new String[] {"a=" + "b".repeat(8192), "a&".repeat(257)}) {
      assertThatThrownBy(() -> RequestQuery.parse(raw))
          .isInstanceOfSatisfying(
              RegistryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.URI_TOO_LONG));
    }
  }
}
