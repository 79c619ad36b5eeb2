package io.slipway.auth.audit;

/**
 * Makes what a client sent fit to be kept and shown: short, and without characters that would move
 * a cursor, turn the direction of a line or end it.
 */
public final class AuditText {
  /** Of a name: 255 characters of a user's, and as many of the token server that knows them. */
  static final int MAX_ACTOR = 511;

  private AuditText() {}

  /** Returns a text of at most so many characters, and an ellipsis behind what was cut. */
  public static String of(String text, int most) {
    StringBuilder shown = new StringBuilder(Math.min(text.length(), most) + 1);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      String next = isHarmless(c) ? Character.toString(c) : escape(c);
      if (shown.length() + next.length() > most) {
        return shown.append('…').toString();
      }
      shown.append(next);
      i += Character.charCount(c);
    }
    return shown.toString();
  }

  private static boolean isHarmless(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> c != '\\';
    };
  }

  private static String escape(int c) {
    return c == '\\' ? "\\\\" : "\\u{%x}".formatted(c);
  }
}
