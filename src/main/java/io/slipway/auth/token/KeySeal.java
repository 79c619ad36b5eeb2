package io.slipway.auth.token;

import io.slipway.runtime.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Encrypts what the database must not be able to tell, with AES-GCM and a key made from a secret.
 * Thread-safe.
 */
public final class KeySeal {
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final byte[] SALT = "slipway".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PURPOSE = "token_key".getBytes(StandardCharsets.US_ASCII);
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKey key;

  /**
   * Takes the secret.
   *
   * @param secret at least 128 bits that cannot be guessed: making the key from it is quick
   */
  public KeySeal(Secret secret) {
    try {
      this.key =
          KDF.getInstance("HKDF-SHA256")
              .deriveKey(
                  "AES",
                  HKDFParameterSpec.ofExtract()
                      .addSalt(SALT)
                      .addIKM(secret.reveal().getBytes(StandardCharsets.UTF_8))
                      .thenExpand(PURPOSE, KEY_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HKDF", e);
    }
  }

  /**
   * Encrypts.
   *
   * @param name what it is, which must be told to open it
   */
  String seal(String name, String content) {
    try {
      byte[] nonce = new byte[NONCE_BYTES];
      RANDOM.nextBytes(nonce);
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, name, nonce);
      byte[] sealed = cipher.doFinal(content.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder()
          .encodeToString(
              ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  /** Decrypts; empty for what was encrypted with another secret, under another name, or changed. */
  Optional<String> open(String name, String sealed) {
    try {
      byte[] both = Base64.getDecoder().decode(sealed);
      if (both.length < NONCE_BYTES) {
        return Optional.empty();
      }
      byte[] nonce = Arrays.copyOf(both, NONCE_BYTES);
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, name, nonce);
      byte[] content = cipher.doFinal(both, NONCE_BYTES, both.length - NONCE_BYTES);
      return Optional.of(new String(content, StandardCharsets.UTF_8));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, String name, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(name.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
