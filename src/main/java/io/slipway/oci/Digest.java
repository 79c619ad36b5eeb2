package io.slipway.oci;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Identifies content by its hash, {@code sha256:…} or {@code sha512:…} in lower case (image-spec,
 * descriptor.md, "Digests").
 */
public final class Digest implements Reference {
  private final DigestAlgorithm algorithm;
  private final String text;

  private Digest(DigestAlgorithm algorithm, String text) {
    this.algorithm = algorithm;
    this.text = text;
  }

  /**
   * Parses a digest.
   *
   * @throws RegistryException {@link ErrorCode#DIGEST_INVALID} when it is not one
   */
  public static Digest parse(String text) {
    return find(text)
        .orElseThrow(
            () ->
                new RegistryException(
                    ErrorCode.DIGEST_INVALID,
                    "tried to read the digest "
                        + Quoted.of(text)
                        + " but expected sha256: and 64, or sha512: and 128, lower-case hexadecimal"
                        + " characters"));
  }

  /** Parses a digest; empty when the text is not one. */
  public static Optional<Digest> find(String text) {
    int colon = text.indexOf(':');
    if (colon < 0 || text.length() > 7 + 128) {
      return Optional.empty();
    }
    Optional<DigestAlgorithm> algorithm = DigestAlgorithm.find(text.substring(0, colon));
    if (algorithm.isEmpty() || text.length() - colon - 1 != algorithm.get().hexLength()) {
      return Optional.empty();
    }
    for (int i = colon + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return Optional.empty();
      }
    }
    return Optional.of(new Digest(algorithm.get(), text));
  }

  /** Hashes bytes at once; for more than a few kilobytes not on an event loop. */
  public static Digest of(DigestAlgorithm algorithm, byte[] content) {
    return ofHash(algorithm, algorithm.newMessageDigest().digest(content));
  }

  /** Ends a hash computation and returns its digest; the computation is reset by it. */
  public static Digest of(DigestAlgorithm algorithm, MessageDigest computation) {
    return ofHash(algorithm, computation.digest());
  }

  private static Digest ofHash(DigestAlgorithm algorithm, byte[] hash) {
    return new Digest(algorithm, algorithm.id() + ":" + HexFormat.of().formatHex(hash));
  }

  public DigestAlgorithm algorithm() {
    return algorithm;
  }

  /** Returns the hexadecimal characters behind the colon. */
  public String hex() {
    return text.substring(algorithm.id().length() + 1);
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that && that.text.equals(text);
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
