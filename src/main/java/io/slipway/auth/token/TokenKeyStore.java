package io.slipway.auth.token;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;

/** Keeps the keys of all nodes; thread-safe. */
public interface TokenKeyStore {
  /**
   * A key as it is kept.
   *
   * @param kid names it in the header of a token
   * @param publicKey a JWK, in JSON
   * @param sealedKey the private part, which only {@link KeySeal} can read
   * @param signsUntil from when on no token is signed with it
   * @param expiresAt from when on no token that it signed is good
   */
  record Stored(
      String kid,
      String publicKey,
      String sealedKey,
      Instant createdAt,
      Instant signsUntil,
      Instant expiresAt) {}

  /** Returns every key, the newest first; of two of one moment, the same first on every node. */
  Future<List<Stored>> load();

  /** Adds a key. */
  Future<Void> add(Stored key);

  /** Deletes keys whose tokens have all expired. */
  Future<Void> deleteExpired(Instant now);
}
