package io.slipway.oci;

import java.util.Optional;

/**
 * Names a manifest movably: {@code [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}} (distribution-spec, "Pulling
 * manifests").
 */
public record Tag(String text) implements Reference {
  private static final int MAX_LENGTH = 128;

  /**
   * Parses a tag.
   *
   * @throws RegistryException {@link ErrorCode#TAG_INVALID} when it is not one
   */
  public static Tag parse(String text) {
    return find(text)
        .orElseThrow(
            () ->
                new RegistryException(
                    ErrorCode.TAG_INVALID,
                    "tried to read the tag "
                        + Quoted.of(text)
                        + " but expected 1 to 128 of the characters a-z A-Z 0-9 _ . - with no . or -"
                        + " in front"));
  }

  /** Parses a tag; empty when the text is not one. */
  public static Optional<Tag> find(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean word =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      if (!word && (i == 0 || (c != '.' && c != '-'))) {
        return Optional.empty();
      }
    }
    return Optional.of(new Tag(text));
  }

  @Override
  public String toString() {
    return text;
  }
}
