package io.slipway.oci;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/**
 * Names one of the hash functions a digest may be made with (image-spec, descriptor.md, "Registered
 * algorithms").
 */
public enum DigestAlgorithm {
  SHA256("sha256", "SHA-256", 64),
  SHA512("sha512", "SHA-512", 128);

  private final String id;
  private final String javaName;
  private final int hexLength;

  DigestAlgorithm(String id, String javaName, int hexLength) {
    this.id = id;
    this.javaName = javaName;
    this.hexLength = hexLength;
  }

  /** Returns the name used in front of the colon, {@code sha256} or {@code sha512}. */
  public String id() {
    return id;
  }

  /** Returns how many hexadecimal characters a digest of this algorithm has. */
  public int hexLength() {
    return hexLength;
  }

  /** Returns a new, empty hash computation. */
  public MessageDigest newMessageDigest() {
    try {
      return MessageDigest.getInstance(javaName);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the Java runtime has no " + javaName, e);
    }
  }

  /** Finds an algorithm by its id; empty when it is not one this registry supports. */
  public static Optional<DigestAlgorithm> find(String id) {
    for (DigestAlgorithm algorithm : values()) {
      if (algorithm.id.equals(id)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  /**
   * Parses an algorithm a client asked for.
   *
   * @throws RegistryException {@link ErrorCode#DIGEST_INVALID} when it is not supported
   */
  public static DigestAlgorithm parse(String id) {
    return find(id)
        .orElseThrow(
            () ->
                new RegistryException(
                    ErrorCode.DIGEST_INVALID,
                    "tried to use the digest algorithm "
                        + Quoted.of(id)
                        + " but only sha256 and sha512 are supported"));
  }
}
