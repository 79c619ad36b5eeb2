package io.slipway.auth;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.runtime.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Makes and reads the keys of accounts: {@code slw_}, an id of 12 characters, {@code _}, and 256
 * random bits. The beginning lets scanners of secrets recognise one.
 */
public final class AccessKeys {
  private static final String BEGINNING = "slw_";
  private static final int ID = 12;
  private static final int RANDOM = 32;
  private static final SecureRandom RANDOM_BITS = new SecureRandom();

  private AccessKeys() {}

  /** A new key, and what is kept of it. */
  public record Fresh(Secret secret, AccessKey key) {}

  /** Makes a key of an account; {@code createdAt} is only told, the database has its own. */
  public static Fresh make(
      String account, String description, Instant now, Optional<Instant> expiresAt) {
    byte[] name = new byte[ID / 2];
    RANDOM_BITS.nextBytes(name);
    String id = HexFormat.of().formatHex(name);
    String text = BEGINNING + id + "_" + Secret.random(RANDOM).reveal();
    return new Fresh(
        Secret.of(text), new AccessKey(id, account, hash(text), description, now, expiresAt));
  }

  /** Returns the id in what looks like a key; empty for what does not. */
  static Optional<String> id(Secret password) {
    String text = password.reveal();
    int end = BEGINNING.length() + ID;
    return text.startsWith(BEGINNING) && text.length() > end && text.charAt(end) == '_'
        ? Optional.of(text.substring(BEGINNING.length(), end))
        : Optional.empty();
  }

  /** Tells whether a text begins as keys do. */
  public static boolean isLikeOne(String text) {
    return text.startsWith(BEGINNING);
  }

  /** Compares in a time that does not tell how much was right. */
  static boolean matches(AccessKey key, Secret password) {
    return MessageDigest.isEqual(
        key.hash().getBytes(StandardCharsets.US_ASCII),
        hash(password.reveal()).getBytes(StandardCharsets.US_ASCII));
  }

  private static String hash(String text) {
    return Digest.of(DigestAlgorithm.SHA256, text.getBytes(StandardCharsets.UTF_8)).hex();
  }
}
