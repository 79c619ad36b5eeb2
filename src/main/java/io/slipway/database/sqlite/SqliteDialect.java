package io.slipway.database.sqlite;

import io.slipway.database.SqlText;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Rewrites SQL written for PostgreSQL into SQLite's, once per text.
 *
 * <p>{@code $n} must become {@code ?n}: SQLite takes {@code $2} for a name and numbers names by
 * their first appearance, so the arguments would be bound in the wrong order without an error.
 */
final class SqliteDialect {
  private static final int CACHED_TEXTS = 4096;
  private static final int FLAGS = Pattern.CASE_INSENSITIVE;

  private static final Pattern ANY =
      Pattern.compile("\\s*=\\s*ANY\\s*\\(\\s*\\$(\\d+)(?:\\s*::\\s*text\\[\\])?\\s*\\)", FLAGS);
  private static final Pattern UNNEST =
      Pattern.compile(
          "\\bunnest\\s*\\(\\s*\\$(\\d+)\\s*\\)\\s+AS\\s+(\\w+)\\s*\\(\\s*(\\w+)\\s*\\)", FLAGS);
  private static final Pattern PARAMETER = Pattern.compile("\\$(\\d+)");
  private static final Pattern NOW = Pattern.compile("(?<!:):now\\b", FLAGS);
  private static final Pattern ROW_LOCK =
      Pattern.compile(
          "\\s+FOR\\s+(?:NO\\s+KEY\\s+UPDATE|KEY\\s+SHARE|UPDATE|SHARE)\\b"
              + "(?:\\s+OF\\s+\\w+(?:\\s*,\\s*\\w+)*)?(?:\\s+(?:NOWAIT|SKIP\\s+LOCKED)\\b)?",
          FLAGS);

  private static final Pattern READS =
      Pattern.compile("(?:SELECT|VALUES|EXPLAIN)\\b.*", FLAGS | Pattern.DOTALL);
  private static final Pattern WITH = Pattern.compile("WITH\\b.*", FLAGS | Pattern.DOTALL);
  private static final Pattern CHANGES = Pattern.compile("\\b(?:INSERT|UPDATE|DELETE)\\b", FLAGS);

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

  private final Map<String, SqliteStatement> cache = new ConcurrentHashMap<>();

  /** Returns the statement for a text. Thread-safe. */
  SqliteStatement translate(String sql) {
    SqliteStatement known = cache.get(sql);
    if (known != null) {
      return known;
    }
    // Texts are constants of the program; this bounds the harm of one that is not.
    if (cache.size() >= CACHED_TEXTS) {
      cache.clear();
    }
    SqliteStatement statement = rewrite(sql);
    cache.put(sql, statement);
    return statement;
  }

  private static SqliteStatement rewrite(String sql) {
    String code = SqlText.codeOf(sql);
    String text = SqlText.mapCode(sql, SqliteDialect::rewriteCode);
    if (DEFINES.matcher(code).matches()) {
      text = SqlText.mapCode(text, SqliteDialect::rewriteTypes);
      text = CREATES_TABLE.matcher(code).matches() ? text + "\nSTRICT" : text;
    }
    String kept = ROW_LOCK.matcher(code).replaceAll("");
    boolean reads =
        READS.matcher(kept).matches()
            || (WITH.matcher(kept).matches() && !CHANGES.matcher(kept).find());
    return new SqliteStatement(text, reads);
  }

  private static String rewriteCode(String code) {
    String text = ANY.matcher(code).replaceAll(" IN (SELECT value FROM json_each(?$1))");
    text = UNNEST.matcher(text).replaceAll("(SELECT value AS $3 FROM json_each(?$1)) AS $2");
    text = PARAMETER.matcher(text).replaceAll("?$1");
    text = ROW_LOCK.matcher(text).replaceAll("");
    return NOW.matcher(text).replaceAll("CAST(unixepoch('subsec') * 1000 AS INTEGER)");
  }

  private static String rewriteTypes(String code) {
    String text = IDENTITY.matcher(code).replaceAll("INTEGER PRIMARY KEY AUTOINCREMENT");
    text = INTEGERS.matcher(text).replaceAll("INTEGER");
    text = BYTES.matcher(text).replaceAll("BLOB");
    return COLLATION.matcher(text).replaceAll("");
  }
}
