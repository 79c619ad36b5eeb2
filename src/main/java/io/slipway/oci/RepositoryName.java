package io.slipway.oci;

import java.util.Optional;

/**
 * Names a repository: components of {@code [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*} joined by slashes, at
 * most 255 characters (distribution-spec, "Pulling manifests").
 */
public record RepositoryName(String text) {
  private static final int MAX_LENGTH = 255;

  /**
   * Parses a repository name.
   *
   * @throws RegistryException {@link ErrorCode#NAME_INVALID} when it is not one
   */
  public static RepositoryName parse(String text) {
    return find(text)
        .orElseThrow(
            () ->
                new RegistryException(
                    ErrorCode.NAME_INVALID,
                    "tried to read the repository name "
                        + Quoted.of(text)
                        + " but expected components of a-z and 0-9, joined by . _ __ or -, with"
                        + " slashes between them, at most 255 characters"));
  }

  /** Parses a repository name; empty when the text is not one. */
  public static Optional<RepositoryName> find(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    int position = 0;
    while (position >= 0 && position < text.length()) {
      position = endOfComponent(text, position);
      if (position == text.length()) {
        return Optional.of(new RepositoryName(text));
      }
      // A slash must be followed by another component.
      position = position > 0 && text.charAt(position) == '/' ? position + 1 : -1;
    }
    return Optional.empty();
  }

  /** Returns where the component that starts here ends, or -1 when none starts here. */
  private static int endOfComponent(String text, int start) {
    int position = endOfWord(text, start);
    while (position > 0 && position < text.length() && text.charAt(position) != '/') {
      int word = endOfSeparator(text, position);
      position = word > position ? endOfWord(text, word) : -1;
    }
    return position;
  }

  private static int endOfWord(String text, int start) {
    int position = start;
    while (position < text.length() && isWord(text.charAt(position))) {
      position++;
    }
    return position > start ? position : -1;
  }

  private static int endOfSeparator(String text, int start) {
    char c = text.charAt(start);
    int position = start + 1;
    if (c == '-') {
      while (position < text.length() && text.charAt(position) == '-') {
        position++;
      }
      return position;
    }
    if (c == '_' && position < text.length() && text.charAt(position) == '_') {
      return position + 1;
    }
    return c == '.' || c == '_' ? position : start;
  }

  private static boolean isWord(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  @Override
  public String toString() {
    return text;
  }
}
