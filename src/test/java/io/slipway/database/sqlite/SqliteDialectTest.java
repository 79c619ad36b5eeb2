package io.slipway.database.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SqliteDialectTest {
  private final SqliteDialect dialect = new SqliteDialect();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SELECT $2, $1, $10                              | SELECT ?2, ?1, ?10",
        "SELECT '$1', 'it''s $2', \"a '\", $5 -- $4     | SELECT '$1', 'it''s $2', \"a '\", ?5 -- $4",
        "SELECT 1 WHERE a = ANY($1) AND b=any( $2 )      | SELECT 1 WHERE a IN (SELECT value FROM json_each(?1)) AND b IN (SELECT value FROM json_each(?2))",
        "SELECT 1 WHERE a = ANY($1::text[])              | SELECT 1 WHERE a IN (SELECT value FROM json_each(?1))",
        "SELECT n.d FROM unnest($2) AS n (d)             | SELECT n.d FROM (SELECT value AS d FROM json_each(?2)) AS n",
        "SELECT a FROM t ORDER BY a FOR KEY SHARE        | SELECT a FROM t ORDER BY a",
        "SELECT a FROM t FOR SHARE                       | SELECT a FROM t",
        "SELECT a FROM t FOR NO KEY UPDATE NOWAIT        | SELECT a FROM t",
        "SELECT a FROM t LIMIT 1 FOR UPDATE SKIP LOCKED  | SELECT a FROM t LIMIT 1",
        "SELECT a FROM t, u for update of t, u           | SELECT a FROM t, u",
        "SELECT a FROM (SELECT 1 FOR SHARE) x WHERE b    | SELECT a FROM (SELECT 1) x WHERE b",
        "SELECT :now, ':now', a::nowhere                 | SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER), ':now', a::nowhere",
        "UPDATE t SET boolean = $1, for_update = 2       | UPDATE t SET boolean = ?1, for_update = 2",
      })
  void rewrites(String given, String expected) {
    assertThat(dialect.translate(given).text()).isEqualTo(expected);
  }

  @Test
  void rewritesTypesOfTables() {
    String sql =
        """
        -- a BIGINT here stays
        CREATE TABLE t (
          id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          size bigint NOT NULL, good BOOLEAN DEFAULT FALSE, content BYTEA,
          kind TEXT COLLATE "C" DEFAULT 'BOOLEAN')""";
    assertThat(dialect.translate(sql).text())
        .isEqualTo(
            """
            -- a BIGINT here stays
            CREATE TABLE t (
              id INTEGER PRIMARY KEY AUTOINCREMENT,
              size INTEGER NOT NULL, good INTEGER DEFAULT FALSE, content BLOB,
              kind TEXT DEFAULT 'BOOLEAN')
            STRICT""");
    assertThat(dialect.translate("ALTER TABLE t ADD COLUMN b BIGINT").text())
        .isEqualTo("ALTER TABLE t ADD COLUMN b INTEGER");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT a FROM t",
        " -- DELETE\n select 'INSERT' FROM t FOR UPDATE",
        "WITH a AS (SELECT 1) SELECT * FROM a FOR UPDATE",
        "VALUES (1)",
      })
  void sendsReadsToReaders(String sql) {
    assertThat(dialect.translate(sql).reads()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO t SELECT 1 RETURNING a",
        "/* SELECT */ DELETE FROM t",
        "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
        "CREATE TABLE t (a TEXT)",
        "PRAGMA user_version = 1",
      })
  void sendsChangesToTheWriter(String sql) {
    assertThat(dialect.translate(sql).reads()).isFalse();
  }

  @Test
  void keepsABoundedNumberOfTexts() {
    SqliteStatement first = dialect.translate("SELECT 0");
    assertThat(dialect.translate("SELECT 0")).isSameAs(first);
    IntStream.range(0, 5000).forEach(i -> dialect.translate("SELECT " + i));
    assertThat(dialect.translate("SELECT 0")).isEqualTo(first).isNotSameAs(first);
  }
}
