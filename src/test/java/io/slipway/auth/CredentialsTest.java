package io.slipway.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Secret;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {
  private static String basic(String both) {
    return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(UTF_8));
  }

  @Test
  void findsNoneWithoutAHeader() {
    assertThat(Credentials.parse(null)).isEqualTo(new Credentials.None());
    assertThat(Credentials.parse(" ")).isEqualTo(new Credentials.None());
  }

  @Test
  void endsTheNameAtTheFirstColon() {
    assertThat(Credentials.parse(basic("ann:a:b")))
        .isEqualTo(new Credentials.Basic("ann", Secret.of("a:b")));
    assertThat(Credentials.parse("bAsIc " + basic("zoë:ü").substring(6)))
        .isEqualTo(new Credentials.Basic("zoë", Secret.of("ü")));
  }

  @Test
  void takesATokenAsItIs() {
    assertThat(Credentials.parse("bearer  a.b.c "))
        .isEqualTo(new Credentials.Bearer(Secret.of("a.b.c")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Basic", "Basic !", "Basic YW5u", "Basic /w==", "Bearer", "Digest x", "x"})
  void refusesWhatItCannotRead(String header) {
    RegistryException refused =
        catchThrowableOfType(RegistryException.class, () -> Credentials.parse(header));
    assertThat(refused.code()).isEqualTo(ErrorCode.UNAUTHORIZED);
    assertThat(refused.getMessage()).startsWith("tried to read the credentials but");
  }

  @Test
  void showsNoSecret() {
    assertThat(Credentials.parse(basic("ann:hush")).toString()).doesNotContain("hush");
    assertThat(Credentials.parse("Bearer hush").toString()).doesNotContain("hush");
  }
}
