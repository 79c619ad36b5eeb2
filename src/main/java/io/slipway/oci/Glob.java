package io.slipway.oci;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Matches a whole text against literals and wildcards.
 *
 * <p>It follows all ways at once and never goes back, so the time is at most the product of the two
 * lengths whatever somebody makes up.
 */
final class Glob {
  private static final String STAR = "*";
  private static final String STARS = "**";

  private final List<String> parts;

  /** What {@code *} does not cross; 0 for nothing. */
  private final char separator;

  /** Takes a pattern in which no more than two stars follow each other. */
  Glob(String pattern, char separator) {
    this.parts = parts(pattern);
    this.separator = separator;
  }

  private static List<String> parts(String pattern) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    while (start < pattern.length()) {
      int end = start;
      boolean wild = pattern.charAt(start) == '*';
      while (end < pattern.length() && (pattern.charAt(end) == '*') == wild) {
        end++;
      }
      parts.add(pattern.substring(start, end));
      start = end;
    }
    return List.copyOf(parts);
  }

  /** Counts the parts that are this. */
  int count(String part) {
    return (int) parts.stream().filter(part::equals).count();
  }

  boolean matches(String text) {
    // Most texts of a long list differ at either end already.
    if (!parts.isEmpty() && !endsFit(text, parts.getFirst(), parts.getLast())) {
      return false;
    }
    // Where in the text the parts so far may end.
    boolean[] ends = new boolean[text.length() + 1];
    ends[0] = true;
    for (String part : parts) {
      boolean[] next =
          switch (part) {
            case STAR -> behind(ends, text, separator);
            case STARS -> behind(ends, text, '\0');
            default -> behindLiteral(ends, text, part);
          };
      if (next.length == 0) {
        return false;
      }
      ends = next;
    }
    return ends[text.length()];
  }

  private static boolean endsFit(String text, String first, String last) {
    return (first.charAt(0) == '*' || text.startsWith(first))
        && (last.charAt(0) == '*' || text.endsWith(last));
  }

  private static boolean[] behind(boolean[] ends, String text, char separator) {
    for (int i = 0; i < text.length(); i++) {
      boolean stops = separator != '\0' && text.charAt(i) == separator;
      ends[i + 1] |= ends[i] && !stops;
    }
    return ends;
  }

  /** Returns nothing at all when the literal is nowhere it may be. */
  private static boolean[] behindLiteral(boolean[] ends, String text, String literal) {
    boolean[] next = new boolean[ends.length];
    boolean any = false;
    for (int i = 0; i + literal.length() <= text.length(); i++) {
      if (ends[i] && text.startsWith(literal, i)) {
        next[i + literal.length()] = true;
        any = true;
      }
    }
    return any ? next : Arrays.copyOf(next, 0);
  }
}
