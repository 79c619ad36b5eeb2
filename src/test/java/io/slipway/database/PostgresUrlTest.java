package io.slipway.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.database.PostgresUrl.TlsMode;
import io.slipway.runtime.Secret;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PostgresUrlTest {

  @Test
  void readsEveryPart() {
    assertThat(
            PostgresUrl.parse(
                "postgresql://us%65r:p%40ss+%2Fword@[::1]:6432/data%20base"
                    + "?sslmode=verify-full&sslrootcert=/etc/ca%2Bx.pem"))
        .isEqualTo(
            new PostgresUrl(
                "::1",
                6432,
                "data base",
                "user",
                Secret.of("p@ss+/word"),
                TlsMode.VERIFY_FULL,
                Path.of("/etc/ca+x.pem")));
    assertThat(PostgresUrl.parse("postgres://u@db.lan/registry"))
        .isEqualTo(new PostgresUrl("db.lan", 5432, "registry", "u", null, TlsMode.PREFER, null));
  }

  @ParameterizedTest
  @CsvSource({"disable, DISABLE", "prefer, PREFER", "require, REQUIRE"})
  void knowsTheModesOfTls(String text, TlsMode mode) {
    assertThat(PostgresUrl.parse("postgresql://u@h/d?sslmode=" + text).tls()).isEqualTo(mode);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql:",
        "postgresql://u:topsecret@h",
        "postgresql://u:topsecret@h/",
        "postgresql://u:topsecret@h/a/b",
        "postgresql://h/topsecret",
        "postgresql://:topsecret@h/d",
        "postgresql://u:topsecret@h/d#x",
        "postgresql://u:topsecret%zz@h/d",
        "postgresql://u:top secret@h/d",
        "postgresql://u:topsecret@h1,h2/d",
        "postgresql://u:topsecret@h/d?sslmode=allow",
        "postgresql://u:topsecret@h/d?sslmode=verify-ca",
        "postgresql://u:topsecret@h/d?sslcert=x",
      })
  void refusesWithoutRepeatingThePassword(String url) {
    assertThatThrownBy(() -> PostgresUrl.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoCause()
        .message()
        .isNotBlank()
        .doesNotContain("secret");
  }

  @Test
  void showsNoPassword() {
    assertThat(PostgresUrl.parse("postgresql://u:hidden@h/d").toString()).doesNotContain("hidden");
  }
}
