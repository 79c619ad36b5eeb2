package io.slipway.auth.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.nimbusds.jwt.SignedJWT;
import io.slipway.auth.AccessControl;
import io.slipway.auth.AccessRules;
import io.slipway.auth.Caller;
import io.slipway.auth.CredentialVersions;
import io.slipway.auth.Rights;
import io.slipway.auth.Role;
import io.slipway.auth.TokenVerifier;
import io.slipway.event.Actor;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Finds the callers behind tokens. The signature of a token is verified once; whether its holder
 * still has these credentials, and what they may do, is asked of the rules with every request.
 * Thread-safe.
 */
public final class BearerTokens implements TokenVerifier {
  /** Longer ones are not even looked at. */
  static final int MAX_LENGTH = 16 << 10;

  private static final long REMEMBERED_BYTES = 16L << 20;
  private static final int BYTES_OF_TOKEN = 512;
  private static final int BYTES_OF_REPOSITORY = 512;

  private final OwnTokens own;
  private final Optional<ExternalTokens> external;
  private final AccessControl control;
  private final CredentialVersions versions;
  private final Clock clock;
  private final Cache<String, VerifiedToken> verified;
  private final RecentTokens recent = new RecentTokens();

  /** Takes who verifies. */
  BearerTokens(
      OwnTokens own,
      Optional<ExternalTokens> external,
      AccessControl control,
      CredentialVersions versions,
      Clock clock) {
    this.own = own;
    this.external = external;
    this.control = control;
    this.versions = versions;
    this.clock = clock;
    this.verified =
        Caffeine.newBuilder()
            .maximumWeight(REMEMBERED_BYTES)
            .weigher((String digest, VerifiedToken token) -> bytes(token.claims()))
            .expireAfter(
                Expiry.<String, VerifiedToken>creating(
                    (digest, token) ->
                        Duration.between(clock.instant(), token.claims().expiresAt())))
            .build();
  }

  private static int bytes(TokenClaims claims) {
    return BYTES_OF_TOKEN + claims.access().repositories().size() * BYTES_OF_REPOSITORY;
  }

  @Override
  public Future<Caller> verify(Secret token, AccessRules rules, String address) {
    String text = token.reveal();
    if (text.length() > MAX_LENGTH) {
      return Future.failedFuture(BadToken.because("it is too long"));
    }
    try {
      VerifiedToken shown = recent.find(token);
      if (shown != null && isGood(shown)) {
        return Future.succeededFuture(caller(shown.claims(), rules, address));
      }
      String digest = digest(text);
      VerifiedToken known = verified.getIfPresent(digest);
      if (known != null && isGood(known)) {
        recent.add(token, known);
        return Future.succeededFuture(caller(known.claims(), rules, address));
      }
      return read(parse(text))
          .onSuccess(read -> remember(token, digest, read))
          .map(read -> caller(read.claims(), control.rules(), address));
    } catch (RegistryException e) {
      return Future.failedFuture(e);
    }
  }

  private void remember(Secret token, String digest, VerifiedToken read) {
    verified.put(digest, read);
    recent.add(token, read);
  }

  private boolean isGood(VerifiedToken token) {
    return clock.instant().isBefore(token.claims().expiresAt()) && token.trusted().getAsBoolean();
  }

  private Future<VerifiedToken> read(SignedJWT token) {
    return external.isEmpty() || own.names(token.getHeader())
        ? own.read(token, OwnTokens.Kind.ACCESS)
        : external.get().read(token).recover(cause -> own.read(token, OwnTokens.Kind.ACCESS));
  }

  /**
   * Takes a token apart, which proves nothing yet.
   *
   * @throws RegistryException {@code UNAUTHORIZED} when it is none
   */
  static SignedJWT parse(String text) {
    try {
      return SignedJWT.parse(text);
    } catch (ParseException | IllegalArgumentException | IllegalStateException e) {
      throw BadToken.because("it is not a signed JSON web token");
    }
  }

  private Caller caller(TokenClaims claims, AccessRules rules, String address) {
    Optional<String> issuer = claims.externalIssuer();
    Rights rights =
        issuer.isPresent()
            ? claims.access().alone()
            : claims.access().within(rights(claims, rules));
    String name = claims.subject();
    if (name.isEmpty()) {
      return caller(Caller.Kind.ANONYMOUS, Actor.ANONYMOUS, Optional.empty(), rights, address);
    }
    return issuer.isPresent()
        ? Caller.external(issuer.get(), name, rights, address)
        : caller(Caller.Kind.SIGNED_IN, name, Optional.of(rules.role(name)), rights, address);
  }

  private static Caller caller(
      Caller.Kind kind, String name, Optional<Role> role, Rights rights, String address) {
    return new Caller(kind, name, role, rights, true, Optional.empty(), address);
  }

  private Rights rights(TokenClaims claims, AccessRules rules) {
    if (claims.subject().isEmpty()) {
      return rules.anonymous();
    }
    if (!versions.isCurrent(claims.subject(), claims.version(), rules)) {
      throw BadToken.because("the credentials it was got with are not valid any more");
    }
    return rules.of(claims.subject());
  }

  private static String digest(String text) {
    return Digest.of(DigestAlgorithm.SHA256, text.getBytes(StandardCharsets.UTF_8)).hex();
  }
}
