package io.slipway.oci;

import java.util.Optional;

/**
 * Matches names that have no segments, as those of users: {@code *} stands for any characters, none
 * included.
 *
 * <p>1 to 256 characters without blanks and control characters; up to eight wildcards.
 */
public final class NamePattern {
  private static final int MAX_LENGTH = 256;
  private static final int MAX_WILDCARDS = 8;

  private final String text;
  private final Glob glob;

  private NamePattern(String text, Glob glob) {
    this.text = text;
    this.glob = glob;
  }

  /**
   * Parses a pattern.
   *
   * @throws RegistryException {@link ErrorCode#NAME_INVALID} when it is not one
   */
  public static NamePattern parse(String text) {
    return find(text)
        .orElseThrow(
            () ->
                new RegistryException(
                    ErrorCode.NAME_INVALID,
                    "tried to read the name pattern "
                        + Quoted.of(text)
                        + " but expected 1 to 256 characters without blanks, at most 8 of them *,"
                        + " no two of which follow each other"));
  }

  /** Parses a pattern; empty when the text is not one. */
  public static Optional<NamePattern> find(String text) {
    boolean sound =
        !text.isEmpty()
            && text.length() <= MAX_LENGTH
            && text.codePoints().noneMatch(NamePattern::isRefused)
            && !text.contains("**");
    Glob glob = new Glob(sound ? text : "", '\0');
    return sound && glob.count("*") <= MAX_WILDCARDS
        ? Optional.of(new NamePattern(text, glob))
        : Optional.empty();
  }

  private static boolean isRefused(int c) {
    return Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.isISOControl(c)
        || !Character.isDefined(c)
        || Character.getType(c) == Character.SURROGATE
        || Character.getType(c) == Character.FORMAT;
  }

  /** Tells whether a name is one of these; takes at most the product of the two lengths. */
  public boolean matches(String name) {
    return glob.matches(name);
  }

  /** Returns the pattern as it was written. */
  public String text() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamePattern pattern && pattern.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
