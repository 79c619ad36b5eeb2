package io.slipway.oci;

import java.util.Optional;

/**
 * Matches names of repositories: {@code *} any characters of one segment, {@code **} any characters
 * with slashes; a pattern that is just {@code *} matches every name.
 *
 * <p>At most 300 characters: those of names, and up to eight wildcards, two of them {@code **}.
 */
public final class RepositoryPattern {
  private static final int MAX_LENGTH = 300;
  private static final int MAX_WILDCARDS = 8;

  /** More of them would say nothing that anybody wants to say. */
  private static final int MAX_CROSSING = 2;

  private final String text;
  private final String prefix;
  private final Glob glob;

  private RepositoryPattern(String text, Glob glob) {
    int wildcard = text.indexOf('*');
    this.text = text;
    this.prefix = wildcard < 0 ? text : text.substring(0, wildcard);
    this.glob = glob;
  }

  /**
   * Parses a pattern.
   *
   * @throws RegistryException {@link ErrorCode#NAME_INVALID} when it is not one, or could match no
   *     name for its slashes
   */
  public static RepositoryPattern parse(String text) {
    return find(text)
        .orElseThrow(
            () ->
                new RegistryException(
                    ErrorCode.NAME_INVALID,
                    "tried to read the repository pattern "
                        + Quoted.of(text)
                        + " but expected 1 to 300 of the characters a-z 0-9 . _ - / and *, with at"
                        + " most 8 wildcards, 2 of them **, and every slash between two others"));
  }

  /** Returns the pattern that matches one name only. */
  public static RepositoryPattern of(RepositoryName name) {
    return new RepositoryPattern(name.text(), new Glob(name.text(), '/'));
  }

  /** Parses a pattern; empty when the text is not one. */
  public static Optional<RepositoryPattern> find(String text) {
    boolean sound =
        !text.isEmpty()
            && text.length() <= MAX_LENGTH
            && text.chars().allMatch(RepositoryPattern::isAllowed)
            && !text.contains("***")
            && !text.contains("//")
            && !text.startsWith("/")
            && !text.endsWith("/");
    if (!sound) {
      return Optional.empty();
    }
    Glob glob = new Glob(text.equals("*") ? "**" : text, '/');
    int crossing = glob.count("**");
    return crossing <= MAX_CROSSING && crossing + glob.count("*") <= MAX_WILDCARDS
        ? Optional.of(new RepositoryPattern(text, glob))
        : Optional.empty();
  }

  private static boolean isAllowed(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "._-/*".indexOf(c) >= 0;
  }

  /** Tells whether a name is one of these; takes at most the product of the two lengths. */
  public boolean matches(RepositoryName name) {
    return glob.matches(name.text());
  }

  /** Tells whether every name matches. */
  public boolean matchesAll() {
    return text.equals("*") || text.equals("**");
  }

  /** Returns what is in front of the first wildcard; every name that matches begins so. */
  public String prefix() {
    return prefix;
  }

  /** Returns what is behind {@link #prefix()}; empty when the pattern matches that one name. */
  public String rest() {
    return text.substring(prefix.length());
  }

  /** Returns the pattern as it was written. */
  public String text() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RepositoryPattern pattern && pattern.text.equals(text);
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
