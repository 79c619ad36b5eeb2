package io.slipway.database;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells the code in SQL text from its literals and comments, without knowing a grammar. */
public final class SqlText {
  private static final Pattern NOT_CODE =
      Pattern.compile("'(?:[^']|'')*+'|\"(?:[^\"]|\"\")*+\"|--[^\n]*+|/\\*.*?\\*/", Pattern.DOTALL);

  private static final int FLAGS = Pattern.CASE_INSENSITIVE;

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

  private SqlText() {}

  /** Returns code with {@code :now} replaced by an expression. */
  public static String withClock(String code, String clock) {
    return NOW.matcher(code).replaceAll(Matcher.quoteReplacement(clock));
  }

  /** Returns code without the suffixes that lock rows. */
  public static String withoutRowLocks(String code) {
    return ROW_LOCK.matcher(code).replaceAll("");
  }

  /** Tells whether a statement, given as its code without row locks, changes nothing. */
  public static boolean reads(String code) {
    return READS.matcher(code).matches()
        || (WITH.matcher(code).matches() && !CHANGES.matcher(code).find());
  }

  /**
   * Returns the text with every stretch of code replaced, and literals and comments as they were.
   */
  public static String mapCode(String sql, UnaryOperator<String> change) {
    StringBuilder result = new StringBuilder(sql.length() + 16);
    Matcher matcher = NOT_CODE.matcher(sql);
    int start = 0;
    while (matcher.find()) {
      // A quoted name may be part of what changes: COLLATE "C".
      if (matcher.group().startsWith("\"")) {
        continue;
      }
      result.append(change.apply(sql.substring(start, matcher.start()))).append(matcher.group());
      start = matcher.end();
    }
    return result.append(change.apply(sql.substring(start))).toString();
  }

  /** Returns the text without comments, and with every literal as {@code ''}. */
  public static String codeOf(String sql) {
    return NOT_CODE
        .matcher(sql)
        .replaceAll(
            found ->
                switch (found.group().charAt(0)) {
                  case '\'' -> "''";
                  case '"' -> Matcher.quoteReplacement(found.group());
                  default -> " ";
                })
        .strip();
  }

  /** Splits a script at its semicolons into statements that are not empty. */
  public static List<String> statements(String script) {
    List<String> statements = new ArrayList<>();
    Matcher matcher = NOT_CODE.matcher(script);
    int start = 0;
    int code = 0;
    while (true) {
      boolean found = matcher.find();
      int codeEnd = found ? matcher.start() : script.length();
      for (int i = script.indexOf(';', code);
          i >= 0 && i < codeEnd;
          i = script.indexOf(';', i + 1)) {
        add(statements, script.substring(start, i));
        start = i + 1;
      }
      if (!found) {
        add(statements, script.substring(start));
        return List.copyOf(statements);
      }
      code = matcher.end();
    }
  }

  private static void add(List<String> statements, String statement) {
    if (!codeOf(statement).isEmpty()) {
      statements.add(statement.strip());
    }
  }
}
