package io.slipway.database.sqlite;

import io.slipway.database.SqlText;
import io.slipway.database.TextCache;
import java.util.regex.Pattern;

/**
 * Rewrites SQL written for PostgreSQL into SQLite's, once per text.
 *
 * <p>{@code $n} must become {@code ?n}: SQLite takes {@code $2} for a name and numbers names by
 * their first appearance, so the arguments would be bound in the wrong order without an error.
 */
final class SqliteDialect {
  private static final int FLAGS = Pattern.CASE_INSENSITIVE;

  private static final Pattern ANY =
      Pattern.compile("\\s*=\\s*ANY\\s*\\(\\s*\\$(\\d+)(?:\\s*::\\s*text\\[\\])?\\s*\\)", FLAGS);
  private static final Pattern UNNEST =
      Pattern.compile(
          "\\bunnest\\s*\\(\\s*\\$(\\d+)\\s*\\)\\s+AS\\s+(\\w+)\\s*\\(\\s*(\\w+)\\s*\\)", FLAGS);
  private static final Pattern PARAMETER = Pattern.compile("\\$(\\d+)");
  private static final Pattern DEFINES =
      Pattern.compile("(?:CREATE|ALTER)\\s+TABLE\\b.*", FLAGS | Pattern.DOTALL);
  private static final Pattern CREATES_TABLE =
      Pattern.compile("CREATE\\s+TABLE\\b.*", FLAGS | Pattern.DOTALL);
  private static final Pattern IDENTITY =
      Pattern.compile(
          "\\bBIGINT\\s+GENERATED\\s+ALWAYS\\s+AS\\s+IDENTITY\\s+PRIMARY\\s+KEY\\b", FLAGS);
  private static final Pattern INTEGERS =
      Pattern.compile("\\b(?:BIGINT|BOOLEAN|SMALLINT)\\b", FLAGS);
  private static final Pattern BYTES = Pattern.compile("\\bBYTEA\\b", FLAGS);
  // Bytewise order is what SQLite's text has anyhow.
  private static final Pattern COLLATION = Pattern.compile("\\s+COLLATE\\s+\"C\"", FLAGS);

  private final TextCache<SqliteStatement> cache = new TextCache<>(SqliteDialect::rewrite);

  /** Returns the statement for a text. Thread-safe. */
  SqliteStatement translate(String sql) {
    return cache.get(sql);
  }

  private static SqliteStatement rewrite(String sql) {
    String code = SqlText.codeOf(sql);
    String text = SqlText.mapCode(sql, SqliteDialect::rewriteCode);
    if (DEFINES.matcher(code).matches()) {
      text = SqlText.mapCode(text, SqliteDialect::rewriteTypes);
      text = CREATES_TABLE.matcher(code).matches() ? text + "\nSTRICT" : text;
    }
    return new SqliteStatement(text, SqlText.reads(SqlText.withoutRowLocks(code)));
  }

  private static String rewriteCode(String code) {
    String text = ANY.matcher(code).replaceAll(" IN (SELECT value FROM json_each(?$1))");
    text = UNNEST.matcher(text).replaceAll("(SELECT value AS $3 FROM json_each(?$1)) AS $2");
    text = PARAMETER.matcher(text).replaceAll("?$1");
    text = COLLATION.matcher(text).replaceAll("");
    return SqlText.withClock(
        SqlText.withoutRowLocks(text), "CAST(unixepoch('subsec') * 1000 AS INTEGER)");
  }

  private static String rewriteTypes(String code) {
    String text = IDENTITY.matcher(code).replaceAll("INTEGER PRIMARY KEY AUTOINCREMENT");
    text = INTEGERS.matcher(text).replaceAll("INTEGER");
    return BYTES.matcher(text).replaceAll("BLOB");
  }
}
