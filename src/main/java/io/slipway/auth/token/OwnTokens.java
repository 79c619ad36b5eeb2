package io.slipway.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;

/** Signs the tokens of this registry, and tells whether one is of its making. Thread-safe. */
final class OwnTokens {
  /** What a token is for; one kind is never taken for the other. */
  enum Kind {
    /** Goes with every request. */
    ACCESS("JWT"),
    /** Gets others, at the token server only. */
    REFRESH("refresh+jwt");

    private final String type;

    Kind(String type) {
      this.type = type;
    }

    private JOSEObjectType type() {
      return new JOSEObjectType(type);
    }
  }

  private final KeyRing keys;
  private final TokenConfig config;
  private final Clock clock;
  private final TokenClaims.Expected expected;

  OwnTokens(KeyRing keys, TokenConfig config, Clock clock) {
    this.keys = keys;
    this.config = config;
    this.clock = clock;
    this.expected = new TokenClaims.Expected(config.issuer(), config.service(), false);
  }

  /** Tells how long tokens of a kind are good for. */
  Duration life(Kind kind) {
    return kind == Kind.ACCESS ? config.ttl() : config.refreshTtl();
  }

  /**
   * Signs a token.
   *
   * @param subject whose it is; empty for those who gave no credentials
   * @param version of their credentials
   * @throws RegistryException {@code UNAVAILABLE} while no key signs
   */
  Secret sign(Kind kind, String subject, String version, TokenAccess access, Instant now) {
    TokenKey key =
        keys.signing()
            .orElseThrow(
                () ->
                    new RegistryException(
                        ErrorCode.UNAVAILABLE, "tried to sign a token but there is no key yet"));
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(config.issuer())
            .subject(subject)
            .audience(config.service())
            .issueTime(Date.from(now))
            .notBeforeTime(Date.from(now))
            .expirationTime(Date.from(end(now.plus(life(kind)), key)))
            .jwtID(UUID.randomUUID().toString())
            .claim(TokenClaims.VERSION, version)
            .claim(TokenClaims.ACCESS, access.claim())
            .build();
    JWSHeader header =
        new JWSHeader.Builder(TokenKey.ALGORITHM).type(kind.type()).keyID(key.kid()).build();
    SignedJWT token = new SignedJWT(header, claims);
    try {
      token.sign(key.signer().orElseThrow());
    } catch (JOSEException e) {
      throw new IllegalStateException("every JDK signs with P-256", e);
    }
    return Secret.of(token.serialize());
  }

  /** A key that was made before lives were made longer does not live longer. */
  private static Instant end(Instant wanted, TokenKey key) {
    return wanted.isBefore(key.expiresAt()) ? wanted : key.expiresAt();
  }

  /** Tells whether a key of this registry is named in a header. */
  boolean names(JWSHeader header) {
    return header.getKeyID() != null && keys.find(header.getKeyID()).isPresent();
  }

  /** Reads a token; fails with {@code UNAUTHORIZED} when it is none of this kind. */
  Future<VerifiedToken> read(SignedJWT token, Kind kind) {
    JWSHeader header = token.getHeader();
    String kid = header.getKeyID();
    if (!TokenKey.ALGORITHM.equals(header.getAlgorithm()) || kid == null) {
      return Future.failedFuture(BadToken.because("its algorithm is not one of this registry's"));
    }
    if (!kind.type().equals(header.getType())) {
      return Future.failedFuture(BadToken.because("it is of another kind"));
    }
    Optional<TokenKey> key = keys.find(kid);
    return key.isPresent()
        ? Future.succeededFuture(key).map(found -> verified(token, found))
        : keys.findAnew(kid).map(found -> verified(token, found));
  }

  private VerifiedToken verified(SignedJWT token, Optional<TokenKey> key) {
    try {
      if (key.isEmpty() || !token.verify(key.get().verifier())) {
        throw BadToken.because("no key of this registry signed it");
      }
      String kid = key.get().kid();
      return new VerifiedToken(
          expected.check(token.getJWTClaimsSet(), clock.instant()),
          () -> keys.find(kid).isPresent());
    } catch (JOSEException | ParseException e) {
      throw BadToken.because("its signature or its claims cannot be read");
    }
  }
}
