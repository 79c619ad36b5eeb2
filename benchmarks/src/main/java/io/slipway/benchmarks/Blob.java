package io.slipway.benchmarks;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Holds bytes, which nobody may change, with their digest. */
final class Blob {
  private final byte[] bytes;
  private final String digest;

  Blob(byte[] bytes, String digest) {
    this.bytes = bytes;
    this.digest = digest;
  }

  static Blob of(byte[] bytes) {
    return new Blob(bytes, named(sha256().digest(bytes)));
  }

  /** Returns the array itself: a copy for every request would be most of what a client does. */
  byte[] bytes() {
    return bytes;
  }

  int size() {
    return bytes.length;
  }

  String digest() {
    return digest;
  }

  static String named(byte[] hash) {
    return "sha256:" + HexFormat.of().formatHex(hash);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
