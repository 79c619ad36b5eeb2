package io.slipway.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.slipway.auth.AccessControl;
import io.slipway.auth.Authenticator;
import io.slipway.auth.Caller;
import io.slipway.auth.CredentialVersions;
import io.slipway.auth.Credentials;
import io.slipway.auth.Passwords;
import io.slipway.auth.TokenVerifier;
import io.slipway.runtime.Secret;
import io.slipway.testing.SettableClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** What gives out and believes tokens, on a clock and with rules of the test's. */
final class TokenBench implements AutoCloseable {
  static final String ADDRESS = "127.0.0.1";
  static final TokenConfig.External NONE =
      new TokenConfig.External(null, null, null, null, null, null);
  private static final long SECONDS = 20;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  final SettableClock clock;
  final GivenRules rules = new GivenRules();
  final KeptKeys store;
  final KeyRing ring;
  final Tokens tokens;
  private final Vertx vertx = Vertx.vertx();
  private final AccessControl control = new AccessControl(vertx, rules, List.of());
  private final Passwords passwords = new Passwords(vertx, 4);
  private final CredentialVersions versions;
  private final Authenticator authenticator;

  TokenBench(TokenConfig.External external) {
    this(new KeptKeys(), new SettableClock(START), "a secret of the bench", external);
  }

  TokenBench(KeptKeys store, SettableClock clock, String secret, TokenConfig.External external) {
    this.store = store;
    this.clock = clock;
    TokenConfig config =
        new TokenConfig(
            "slipway",
            "slipway",
            Duration.ofMinutes(5),
            Duration.ofDays(30),
            Duration.ofDays(30),
            external);
    KeySeal seal = new KeySeal(Secret.of(secret));
    versions = new CredentialVersions(Optional.empty(), clock);
    rules.account("dev", 7).policy("org/*", "dev", java.util.Set.of("pull", "push"));
    tokens = new Tokens(vertx, config, store, seal, control, versions, clock);
    authenticator =
        new Authenticator(
            control, passwords, Optional.empty(), TokenVerifier.NONE, Optional.empty(), clock);
    ring = new KeyRing(vertx, store, seal, config, clock);
    try {
      await(control.reload());
      await(tokens.start());
      await(ring.start());
    } catch (RuntimeException e) {
      await(vertx.close());
      throw e;
    }
  }

  /** Has a change of the rules hold. */
  void change(GivenRules ignored) {
    await(control.reload());
  }

  static Credentials.Basic password(String name) {
    return new Credentials.Basic(name, Secret.of("right"));
  }

  /** Gives a token to somebody whose credentials were right. */
  TokenServer.Grant give(Credentials credentials, boolean offline, String... scopes) {
    Caller caller =
        new Caller(
            Caller.Kind.SIGNED_IN,
            credentials instanceof Credentials.Basic basic ? basic.name() : "anonymous",
            Optional.empty(),
            control.rules().anonymous(),
            false,
            credentials instanceof Credentials.Basic basic
                ? versions.of(basic, control.rules())
                : Optional.empty(),
            ADDRESS);
    return tokens.server().give(caller, credentials, List.of(scopes), offline);
  }

  /** Returns what is kept of a password. */
  Secret hash(String password) {
    return await(passwords.hash(Secret.of(password)));
  }

  /** Finds whoever has the password, as a request does. */
  Caller signIn(Credentials.Basic credentials) {
    return await(authenticator.identify(credentials, ADDRESS));
  }

  Caller verify(Secret token) {
    return await(tokens.verifier().verify(token, control.rules(), ADDRESS));
  }

  Caller verify(String token) {
    return verify(Secret.of(token));
  }

  /** Returns claims with which a token would be good. */
  JWTClaimsSet.Builder goodClaims() {
    return new JWTClaimsSet.Builder()
        .issuer("slipway")
        .subject("dev")
        .audience("slipway")
        .expirationTime(Date.from(clock.instant().plusSeconds(60)))
        .claim("ver", "a:7")
        .claim(
            "access",
            List.of(
                java.util.Map.of(
                    "type", "repository", "name", "org/app", "actions", List.of("pull"))));
  }

  JWSHeader.Builder goodHeader() {
    return new JWSHeader.Builder(TokenKey.ALGORITHM)
        .type(com.nimbusds.jose.JOSEObjectType.JWT)
        .keyID(ring.signing().orElseThrow().kid());
  }

  /** Signs with the registry's own key. */
  String sign(JWSHeader header, JWTClaimsSet claims) {
    SignedJWT token = new SignedJWT(header, claims);
    try {
      token.sign(ring.signing().orElseThrow().signer().orElseThrow());
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
    return token.serialize();
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    await(tokens.stop());
    await(ring.stop());
    await(control.stop());
    await(vertx.close());
  }
}
