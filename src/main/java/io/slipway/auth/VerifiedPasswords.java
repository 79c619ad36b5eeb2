package io.slipway.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.slipway.runtime.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Remembers for a minute which passwords were right, so that a client that sends its own with every
 * request costs one bcrypt a minute. Keeps no password: a keyed hash with a key of this process.
 * Thread-safe.
 */
final class VerifiedPasswords {
  private static final String ALGORITHM = "HmacSHA256";
  private static final Duration KEPT = Duration.ofMinutes(1);
  private static final int CLIENTS = 10_000;

  private final SecretKeySpec key;
  private final Cache<String, String> hashes =
      Caffeine.newBuilder().maximumSize(CLIENTS).expireAfterWrite(KEPT).build();

  VerifiedPasswords() {
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    key = new SecretKeySpec(random, ALGORITHM);
  }

  /** Tells whether what has this digest was compared with this very hash, and matched. */
  boolean contains(String digest, Secret hash) {
    String known = hashes.getIfPresent(digest);
    return known != null && Secret.of(known).equals(hash);
  }

  /** Remembers that it matched. */
  void add(String digest, Secret hash) {
    hashes.put(digest, hash.reveal());
  }

  /** Returns what a name and a password are remembered by; it tells nobody what they are. */
  String digest(String name, Secret password) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(name.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      byte[] both = mac.doFinal(password.reveal().getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(both);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
