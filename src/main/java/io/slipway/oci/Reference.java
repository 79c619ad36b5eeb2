package io.slipway.oci;

/**
 * Names a manifest within a repository, by tag or by digest (distribution-spec, "Pulling
 * manifests").
 */
public sealed interface Reference permits Digest, Tag {

  /** Returns the reference as it stands in a request path. */
  String text();

  /**
   * Parses a tag or a digest; what has a colon is a digest, for no tag may have one.
   *
   * @throws RegistryException {@link ErrorCode#DIGEST_INVALID} or {@link ErrorCode#TAG_INVALID}
   */
  static Reference parse(String text) {
    return text.indexOf(':') >= 0 ? Digest.parse(text) : Tag.parse(text);
  }
}
