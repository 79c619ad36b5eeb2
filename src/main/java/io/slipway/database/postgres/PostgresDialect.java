package io.slipway.database.postgres;

import io.slipway.database.SqlText;
import io.slipway.database.TextCache;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Gives each parameter of a statement the type of its argument, and PostgreSQL's words to the
 * clock.
 *
 * <p>Left to itself PostgreSQL takes the type from a parameter's first use: {@code $1 < 0} makes it
 * a four-byte integer, and the client cuts a larger number down to that without an error.
 */
final class PostgresDialect {
  private static final int BITS = 3;
  private static final int MOST_PARAMETERS = Long.SIZE / BITS;
  private static final Pattern PARAMETER = Pattern.compile("\\$(\\d+)");
  // Of the statement, not of the transaction, which may have waited for locks since it began; and
  // the same throughout a statement, so that an index can be searched for it.
  private static final String CLOCK =
      "CAST(floor(extract(epoch FROM statement_timestamp()) * 1000) AS BIGINT)";

  /** The types of arguments, with a number of three bits. */
  private enum Type {
    NULL(0, ""),
    TEXT(1, "::text"),
    NUMBER(2, "::bigint"),
    FLAG(3, "::boolean"),
    BYTES(4, "::bytea"),
    TEXTS(5, "::text[]");

    private final int code;
    private final String cast;

    Type(int code, String cast) {
      this.code = code;
      this.cast = cast;
    }

    static Type of(@Nullable Object argument) {
      return switch (argument) {
        case null -> NULL;
        case String text -> TEXT;
        case Long number -> NUMBER;
        case Integer number -> NUMBER;
        case Boolean flag -> FLAG;
        case byte[] bytes -> BYTES;
        case List<?> texts -> TEXTS;
        default ->
            throw new IllegalArgumentException(
                "tried to bind an argument of "
                    + argument.getClass()
                    + " but expected String, Integer, Long, Boolean, byte[], List<String> or null");
      };
    }
  }

  /** One text with what was made of it for each combination of argument types. */
  private record Template(String text, int parameters, boolean reads, Map<Long, String> byTypes) {}

  private final TextCache<Template> cache = new TextCache<>(PostgresDialect::read);

  /** Returns the text for these arguments. Thread-safe. */
  String translate(String sql, @Nullable Object[] arguments) {
    Template template = cache.get(sql);
    if (arguments.length != template.parameters()) {
      throw new IllegalArgumentException(
          "tried to run a statement with "
              + arguments.length
              + " arguments but it takes "
              + template.parameters()
              + ": "
              + sql);
    }
    long types = 0;
    for (Object argument : arguments) {
      types = types << BITS | Type.of(argument).code;
    }
    String known = template.byTypes().get(types);
    return known != null
        ? known
        : template.byTypes().computeIfAbsent(types, ignored -> typed(template.text(), arguments));
  }

  /** Tells whether a statement only reads, and locks nothing. */
  boolean reads(String sql) {
    return cache.get(sql).reads();
  }

  /** Returns the arguments in the client's types. */
  static List<@Nullable Object> values(@Nullable Object[] arguments) {
    List<@Nullable Object> values = new ArrayList<>(arguments.length);
    for (Object argument : arguments) {
      values.add(
          switch (argument) {
            case Integer number -> (Object) number.longValue();
            case byte[] bytes -> Buffer.buffer(bytes);
            case List<?> texts -> texts.toArray(new String[0]);
            case null, default -> argument;
          });
    }
    return values;
  }

  private static Template read(String sql) {
    String code = SqlText.codeOf(sql);
    int parameters = 0;
    Matcher matcher = PARAMETER.matcher(code);
    while (matcher.find()) {
      parameters = Math.max(parameters, Integer.parseInt(matcher.group(1)));
    }
    if (parameters > MOST_PARAMETERS) {
      throw new IllegalArgumentException(
          "tried to run a statement with more than " + MOST_PARAMETERS + " parameters: " + sql);
    }
    String text = SqlText.mapCode(sql, part -> SqlText.withClock(part, CLOCK));
    String unlocked = SqlText.withoutRowLocks(code);
    boolean reads = unlocked.equals(code) && SqlText.reads(unlocked);
    return new Template(text, parameters, reads, new ConcurrentHashMap<>());
  }

  private static String typed(String text, @Nullable Object[] arguments) {
    return SqlText.mapCode(
        text,
        code ->
            PARAMETER
                .matcher(code)
                .replaceAll(
                    found -> {
                      int number = Integer.parseInt(found.group(1));
                      return "\\$" + number + Type.of(arguments[number - 1]).cast;
                    }));
  }
}
