package io.slipway.auth.token;

import io.slipway.auth.AccessControl;
import io.slipway.auth.AccessRules;
import io.slipway.auth.Caller;
import io.slipway.auth.CredentialVersions;
import io.slipway.auth.Credentials;
import io.slipway.auth.Rights;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Secret;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gives out tokens (Distribution's "Token Authentication Specification" and "Oauth2 Token
 * Authentication"). Thread-safe; blocks nothing.
 */
public final class TokenServer {
  /** More does not go into the headers of a request. */
  private static final int MAX_LENGTH = 12 << 10;

  private final OwnTokens tokens;
  private final KeyRing keys;
  private final AccessControl control;
  private final CredentialVersions versions;
  private final TokenConfig config;
  private final Clock clock;

  TokenServer(
      OwnTokens tokens,
      KeyRing keys,
      AccessControl control,
      CredentialVersions versions,
      TokenConfig config,
      Clock clock) {
    this.tokens = tokens;
    this.keys = keys;
    this.control = control;
    this.versions = versions;
    this.config = config;
    this.clock = clock;
  }

  /**
   * What is given out.
   *
   * @param scope what the token is good for, as a list of scopes with spaces between
   */
  public record Grant(
      Secret access,
      Optional<Secret> refresh,
      String scope,
      Duration expiresIn,
      Instant issuedAt) {}

  /**
   * Gives a token to whoever sends a request.
   *
   * @param credentials which made this caller known
   * @param scopes parameters, each of any number of scopes
   * @param offline whether a refresh token is wanted, which nobody gets without credentials
   * @throws RegistryException {@code BAD_REQUEST} for scopes that are none, {@code UNAUTHORIZED}
   *     for a caller who came with a token
   */
  public Grant give(Caller caller, Credentials credentials, List<String> scopes, boolean offline) {
    List<Scope> asked = Scope.parse(scopes);
    AccessRules rules = control.rules();
    return switch (credentials) {
      case Credentials.None none ->
          grant("", "", TokenAccess.granted(asked, rules.anonymous()), Optional.empty());
      case Credentials.Basic basic -> {
        String name = caller.name();
        // Of the password that was compared, which may have been changed since.
        String version =
            caller
                .credentials()
                .filter(sent -> versions.isCurrent(name, sent, rules))
                .orElseThrow(() -> refused("the credentials are not valid any more"));
        Instant now = now();
        Optional<Secret> refresh =
            offline
                ? Optional.of(tokens.sign(OwnTokens.Kind.REFRESH, name, version, nothing(), now))
                : Optional.empty();
        yield grant(name, version, TokenAccess.granted(asked, rules.of(name)), refresh);
      }
      case Credentials.Bearer bearer ->
          throw refused("a token does not get another one; send a name and a password");
    };
  }

  /** Gives a token to the holder of a refresh token, which they keep. */
  public Future<Grant> refresh(Secret token, List<String> scopes) {
    try {
      List<Scope> asked = Scope.parse(scopes);
      if (token.reveal().length() > BearerTokens.MAX_LENGTH) {
        throw BadToken.because("it is too long");
      }
      return tokens
          .read(BearerTokens.parse(token.reveal()), OwnTokens.Kind.REFRESH)
          .map(
              read -> {
                TokenClaims claims = read.claims();
                AccessRules rules = control.rules();
                String name = claims.subject();
                if (!versions.isCurrent(name, claims.version(), rules)) {
                  throw BadToken.because("the credentials it was got with are not valid any more");
                }
                Rights rights = rules.of(name);
                return grant(
                    name, claims.version(), TokenAccess.granted(asked, rights), Optional.of(token));
              });
    } catch (RegistryException e) {
      return Future.failedFuture(e);
    }
  }

  private Grant grant(String name, String version, TokenAccess access, Optional<Secret> refresh) {
    Instant now = now();
    Secret token = tokens.sign(OwnTokens.Kind.ACCESS, name, version, access, now);
    if (token.reveal().length() > MAX_LENGTH) {
      throw new RegistryException(
          ErrorCode.BAD_REQUEST,
          "tried to make the token but it is for too many repositories; ask for fewer");
    }
    return new Grant(token, refresh, access.scope(), tokens.life(OwnTokens.Kind.ACCESS), now);
  }

  /** The claims of a token have seconds. */
  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  private static TokenAccess nothing() {
    return new TokenAccess(Map.of(), false);
  }

  private static RegistryException refused(String reason) {
    return new RegistryException(ErrorCode.UNAUTHORIZED, "tried to get a token but " + reason);
  }

  /** Returns what a token is for: the name of this registry. */
  public String service() {
    return config.service();
  }

  /** Returns the public keys, as JSON (RFC 7517). */
  public String jwks() {
    return keys.jwks();
  }
}
