package io.slipway.auth.audit;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an entry stands in the log, which is in the order of their times.
 *
 * @param at its time, in milliseconds since 1970
 * @param id tells apart what happened at the same time
 */
public record AuditPosition(long at, long id) {
  /** Behind everything that may ever be written. */
  public static final AuditPosition END = new AuditPosition(Long.MAX_VALUE, Long.MAX_VALUE);

  private static final Pattern TEXT = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

  /** Returns the text that {@link #find} reads. */
  public String text() {
    return at + "-" + id;
  }

  /** Reads a position; empty when the text is none. */
  public static Optional<AuditPosition> find(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new AuditPosition(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }
}
