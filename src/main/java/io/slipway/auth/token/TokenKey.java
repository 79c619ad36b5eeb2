package io.slipway.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A key of this registry: every node verifies with it, those that can open it sign.
 *
 * @param jwk its public part
 * @param signer empty when it was sealed with a secret that this node does not have
 */
record TokenKey(
    ECKey jwk,
    JWSVerifier verifier,
    Optional<JWSSigner> signer,
    Instant signsUntil,
    Instant expiresAt) {
  /** The one algorithm of this registry's own tokens. */
  static final JWSAlgorithm ALGORITHM = JWSAlgorithm.ES256;

  /** Clocks of nodes differ. */
  private static final Duration MARGIN = Duration.ofHours(1);

  /** Makes a new key, as it is to be kept. */
  static TokenKeyStore.Stored make(KeySeal seal, TokenConfig config, Instant now) {
    try {
      String kid = UUID.randomUUID().toString();
      ECKey key =
          new ECKeyGenerator(Curve.P_256)
              .keyID(kid)
              .keyUse(KeyUse.SIGNATURE)
              .algorithm(ALGORITHM)
              .generate();
      Duration life =
          config.ttl().compareTo(config.refreshTtl()) > 0 ? config.ttl() : config.refreshTtl();
      Instant signsUntil = now.plus(config.keyRotation());
      return new TokenKeyStore.Stored(
          kid,
          key.toPublicJWK().toJSONString(),
          seal.seal(kid, key.toJSONString()),
          now,
          signsUntil,
          signsUntil.plus(life).plus(MARGIN));
    } catch (JOSEException e) {
      throw new IllegalStateException("every JDK has P-256", e);
    }
  }

  /**
   * Reads a key.
   *
   * @throws IllegalStateException when it is none
   */
  static TokenKey read(TokenKeyStore.Stored stored, KeySeal seal) {
    try {
      ECKey jwk = ECKey.parse(stored.publicKey());
      Optional<String> opened = seal.open(stored.kid(), stored.sealedKey());
      Optional<JWSSigner> signer =
          opened.isEmpty()
              ? Optional.empty()
              : Optional.of(new ECDSASigner(ECKey.parse(opened.get())));
      return new TokenKey(
          jwk, new ECDSAVerifier(jwk), signer, stored.signsUntil(), stored.expiresAt());
    } catch (ParseException | JOSEException e) {
      // Without the cause, which may quote it.
      throw new IllegalStateException(
          "tried to read the key " + stored.kid() + " of tokens but it is damaged");
    }
  }

  String kid() {
    return jwk.getKeyID();
  }

  boolean signsAt(Instant now) {
    return signer.isPresent() && now.isBefore(signsUntil);
  }
}
