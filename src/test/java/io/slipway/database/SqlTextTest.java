package io.slipway.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SqlTextTest {

  @Test
  void splitsAScriptAtSemicolonsThatAreCode() {
    String script =
        """
        -- first; comment
        CREATE TABLE a (b TEXT DEFAULT 'x;''y;'); /* ; */

        INSERT INTO a VALUES (';') ; ;
        -- the end;
        """;
    assertThat(SqlText.statements(script))
        .containsExactly(
            "-- first; comment\nCREATE TABLE a (b TEXT DEFAULT 'x;''y;')",
            "/* ; */\n\nINSERT INTO a VALUES (';')");
  }

  @Test
  void changesCodeOnly() {
    String sql = "A 'a A' \"A'\" \"A\" -- A\n/* A */ A";
    assertThat(SqlText.mapCode(sql, code -> code.replace('A', 'Z')))
        .isEqualTo("Z 'a A' \"Z'\" \"Z\" -- A\n/* A */ Z");
    assertThat(SqlText.codeOf(sql)).isEqualTo("A '' \"A'\" \"A\"  \n  A");
  }
}
