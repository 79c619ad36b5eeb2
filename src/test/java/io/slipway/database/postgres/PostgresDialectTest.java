package io.slipway.database.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PostgresDialectTest {
  private final PostgresDialect dialect = new PostgresDialect();

  private String translate(String sql, @Nullable Object... arguments) {
    return dialect.translate(sql, arguments);
  }

  @Test
  void givesParametersTheTypesOfTheirArguments() {
    String sql = "SELECT $2, $1, '$1' WHERE a = ANY($3) AND b = $4 -- $5";
    assertThat(translate(sql, "x", 1, List.of("y"), true))
        .isEqualTo(
            "SELECT $2::bigint, $1::text, '$1' WHERE a = ANY($3::text[]) AND b = $4::boolean"
                + " -- $5");
    assertThat(translate(sql, new byte[1], 1L, null, null))
        .isEqualTo("SELECT $2::bigint, $1::bytea, '$1' WHERE a = ANY($3) AND b = $4 -- $5");
  }

  @Test
  void readsTheClockOfTheStatement() {
    assertThat(translate("SELECT :now, ':now', a::nowhere"))
        .startsWith("SELECT CAST(floor(extract(epoch FROM statement_timestamp()) * 1000)")
        .endsWith(" AS BIGINT), ':now', a::nowhere");
  }

  @Test
  void leavesLocksAndCollationsAlone() {
    String sql = "SELECT a FROM t ORDER BY a COLLATE \"C\" FOR KEY SHARE SKIP LOCKED";
    assertThat(translate(sql)).isEqualTo(sql);
  }

  @Test
  void refusesAnotherNumberOfArguments() {
    assertThatThrownBy(() -> translate("SELECT $1, $2", 1))
        .hasMessage("tried to run a statement with 1 arguments but it takes 2: SELECT $1, $2");
    assertThatThrownBy(() -> translate("SELECT $22", 1)).hasMessageContaining("more than 21");
    assertThatThrownBy(() -> translate("SELECT $1", 1.5)).hasMessageContaining("Double");
  }

  @Test
  void tellsWhatOnlyReads() {
    assertThat(dialect.reads(" -- DELETE\n select 1")).isTrue();
    assertThat(dialect.reads("WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a")).isTrue();
    assertThat(dialect.reads("SELECT a FROM t FOR UPDATE")).isFalse();
    assertThat(dialect.reads("SELECT a FROM t FOR KEY SHARE")).isFalse();
    assertThat(dialect.reads("WITH a AS (SELECT 1) DELETE FROM t")).isFalse();
  }

  @Test
  void keepsABoundedNumberOfTexts() {
    String first = translate("SELECT $1", 1);
    assertThat(translate("SELECT $1", 1)).isSameAs(first);
    IntStream.range(0, 5000).forEach(i -> translate("SELECT " + i));
    assertThat(translate("SELECT $1", 1)).isEqualTo(first).isNotSameAs(first);
  }
}
