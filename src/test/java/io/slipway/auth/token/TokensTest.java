package io.slipway.auth.token;

import static io.slipway.auth.Permission.PULL;
import static io.slipway.auth.Permission.PUSH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.SignedJWT;
import io.slipway.auth.AccessKeys;
import io.slipway.auth.Caller;
import io.slipway.auth.Credentials;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.runtime.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokensTest {
  private static final RepositoryName APP = RepositoryName.parse("org/app");
  private static final String PULL_PUSH = "repository:org/app:pull,push";

  private TokenBench bench;

  @BeforeEach
  void start() {
    bench = new TokenBench(TokenBench.NONE);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void saysWhatTheHolderMayOfWhatWasAskedFor() throws Exception {
    TokenServer.Grant grant =
        bench.give(
            TokenBench.password("dev"),
            false,
            "repository:org/app:pull,push,delete repository:other:pull");
    assertThat(grant.scope()).isEqualTo(PULL_PUSH);
    assertThat(grant.refresh()).isEmpty();
    SignedJWT token = SignedJWT.parse(grant.access().reveal());
    assertThat(token.getHeader().getAlgorithm().getName()).isEqualTo("ES256");
    assertThat(token.getHeader().getType().getType()).isEqualTo("JWT");
    assertThat(token.getJWTClaimsSet().getClaims().keySet())
        .containsExactlyInAnyOrder(
            "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "ver", "access");
    assertThat(token.getJWTClaimsSet().getClaim("access").toString())
        .contains("org/app", "pull", "push")
        .doesNotContain("delete", "other");
    Caller caller = bench.verify(grant.access());
    assertThat(caller.kind()).isEqualTo(Caller.Kind.SIGNED_IN);
    assertThat(caller.byToken()).isTrue();
    assertThat(caller.rights().allow(PUSH, APP)).isTrue();
    assertThat(bench.tokens.server().jwks())
        .contains(token.getHeader().getKeyID())
        .doesNotContain("\"d\"");
  }

  @Test
  void stopsWhenAPolicyIsWithdrawn() {
    Secret token = bench.give(TokenBench.password("dev"), false, PULL_PUSH).access();
    assertThat(bench.verify(token).rights().allow(PULL, APP)).isTrue();
    bench.change(bench.rules.withoutPolicies());
    assertThat(bench.verify(token).rights().allow(PULL, APP)).isFalse();
  }

  @Test
  void stopsWhenThePasswordIsChanged() {
    assertStops(TokenBench.password("dev"), () -> bench.rules.account("dev", 8));
  }

  @Test
  void stopsWhenTheAccountIsDeleted() {
    assertStops(TokenBench.password("dev"), () -> bench.rules.without("dev"));
  }

  @Test
  void stopsWhenTheAccountIsMadeAgain() {
    assertStops(TokenBench.password("dev"), () -> bench.rules.without("dev").account("dev", 9));
  }

  @Test
  void stopsWhenTheKeyItWasGotWithIsRevoked() {
    AccessKeys.Fresh key = AccessKeys.make("dev", "", bench.clock.instant(), Optional.empty());
    bench.change(bench.rules.key(key.key()));
    assertStops(new Credentials.Basic("dev", key.secret()), bench.rules::withoutKeys);
  }

  private void assertStops(
      Credentials credentials, java.util.function.Supplier<GivenRules> change) {
    TokenServer.Grant grant = bench.give(credentials, true, PULL_PUSH);
    Secret refresh = grant.refresh().orElseThrow();
    assertThat(bench.verify(grant.access()).rights().allow(PULL, APP)).isTrue();
    assertThat(TokenBench.await(bench.tokens.server().refresh(refresh, List.of())).scope())
        .isEmpty();
    bench.change(change.get());
    assertThatThrownBy(() -> bench.verify(grant.access()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("not valid any more");
    assertThatThrownBy(() -> TokenBench.await(bench.tokens.server().refresh(refresh, List.of())))
        .hasMessageContaining("not valid any more");
  }

  /** Who sets a new password locks out those who know the old one. */
  @Test
  void isNotGivenForAPasswordThatHasBeenChangedSince() {
    Credentials.Basic old = new Credentials.Basic("dev", Secret.of("sun"));
    bench.change(bench.rules.account("dev", 7, bench.hash("sun")));
    Caller caller = bench.signIn(old);
    bench.change(bench.rules.account("dev", 8, bench.hash("star")));
    assertThatThrownBy(() -> bench.tokens.server().give(caller, old, List.of(PULL_PUSH), true))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("not valid any more");
    Credentials.Basic now = new Credentials.Basic("dev", Secret.of("star"));
    TokenServer.Grant grant =
        bench.tokens.server().give(bench.signIn(now), now, List.of(PULL_PUSH), true);
    assertThat(bench.verify(grant.access()).name()).isEqualTo("dev");
  }

  @Test
  void expiresAlsoWhenItIsRemembered() {
    Secret token = bench.give(TokenBench.password("dev"), false, PULL_PUSH).access();
    bench.verify(token);
    bench.clock.add(Duration.ofMinutes(5).minusSeconds(1));
    bench.verify(token);
    bench.clock.add(Duration.ofSeconds(1));
    assertThatThrownBy(() -> bench.verify(token)).hasMessageContaining("expired");
  }

  @Test
  void refreshesWithinTheRightsOfToday() {
    Secret refresh = bench.give(TokenBench.password("dev"), true).refresh().orElseThrow();
    bench.clock.add(Duration.ofDays(29));
    TokenServer.Grant grant =
        TokenBench.await(bench.tokens.server().refresh(refresh, List.of(PULL_PUSH)));
    assertThat(grant.scope()).isEqualTo(PULL_PUSH);
    assertThat(grant.refresh()).contains(refresh);
    assertThat(bench.verify(grant.access()).rights().allow(PUSH, APP)).isTrue();
    bench.clock.add(Duration.ofDays(1));
    assertThatThrownBy(() -> TokenBench.await(bench.tokens.server().refresh(refresh, List.of())))
        .hasMessageContaining("expired");
  }

  @Test
  void givesTokensToThoseWithoutCredentials() {
    bench.change(bench.rules.policy("public", "anonymous", Set.of("pull")));
    TokenServer.Grant grant =
        bench.give(new Credentials.None(), true, "repository:public:pull,push", PULL_PUSH);
    assertThat(grant.scope()).isEqualTo("repository:public:pull");
    assertThat(grant.refresh()).isEmpty();
    Caller caller = bench.verify(grant.access());
    assertThat(caller.isAnonymous()).isTrue();
    assertThat(caller.byToken()).isTrue();
    assertThat(caller.rights().allow(PULL, RepositoryName.parse("public"))).isTrue();
  }

  @Test
  void givesNoTokenForAToken() {
    Secret token = bench.give(TokenBench.password("dev"), false, PULL_PUSH).access();
    assertThatThrownBy(() -> bench.give(new Credentials.Bearer(token), true))
        .hasMessageContaining("a token does not get another one");
  }

  @Test
  void makesNoTokenThatNoHeaderHasRoomFor() {
    bench.change(bench.rules.policy("*", "dev", Set.of("pull")));
    String scopes =
        java.util.stream.IntStream.range(0, Scope.MAX_SCOPES)
            .mapToObj(i -> "repository:" + "a".repeat(240) + i + ":pull")
            .collect(java.util.stream.Collectors.joining(" "));
    assertThatThrownBy(() -> bench.give(TokenBench.password("dev"), false, scopes))
        .hasMessageContaining("too many repositories");
  }

  @Test
  void believesWhatOtherNodesSign() {
    Secret here = bench.give(TokenBench.password("dev"), false, PULL_PUSH).access();
    try (TokenBench other =
        new TokenBench(bench.store, bench.clock, "a secret of its own", TokenBench.NONE)) {
      assertThat(bench.store.keys).as("each has its own").hasSize(2);
      Secret there = other.give(TokenBench.password("dev"), false, PULL_PUSH).access();
      assertThat(bench.verify(there).name()).isEqualTo("dev");
      assertThat(other.verify(here).name()).isEqualTo("dev");
    }
    try (TokenBench third =
        new TokenBench(bench.store, bench.clock, "a secret of the bench", TokenBench.NONE)) {
      assertThat(bench.store.keys).as("the secret opens one").hasSize(2);
      assertThat(third.verify(here).name()).isEqualTo("dev");
    }
  }

  @Test
  void changesItsKeyAndBelievesTheOldOneAsLongAsItsTokensLive() {
    String first = bench.store.keys.getFirst().kid();
    bench.clock.add(Duration.ofDays(29));
    Secret refresh = bench.give(TokenBench.password("dev"), true).refresh().orElseThrow();
    bench.clock.add(Duration.ofDays(1));
    try (TokenBench later =
        new TokenBench(bench.store, bench.clock, "a secret of the bench", TokenBench.NONE)) {
      assertThat(later.ring.signing().orElseThrow().kid()).isNotEqualTo(first);
      TokenBench.await(later.tokens.server().refresh(refresh, List.of()));
    }
    bench.clock.add(Duration.ofDays(31));
    try (TokenBench later =
        new TokenBench(bench.store, bench.clock, "a secret of the bench", TokenBench.NONE)) {
      assertThat(later.store.keys).extracting(TokenKeyStore.Stored::kid).doesNotContain(first);
    }
  }

  @Test
  void keepsNothingReadableOfAPrivateKey() {
    TokenKeyStore.Stored key = bench.store.keys.getFirst();
    KeySeal right = new KeySeal(Secret.of("a secret of the bench"));
    assertThat(right.open(key.kid(), key.sealedKey()).orElseThrow()).contains("\"d\"");
    assertThat(right.open("another name", key.sealedKey())).isEmpty();
    assertThat(new KeySeal(Secret.of("another")).open(key.kid(), key.sealedKey())).isEmpty();
    assertThat(right.open(key.kid(), "AAAA")).isEmpty();
    assertThat(right.open(key.kid(), "not base64!")).isEmpty();
    assertThat(key.toString()).doesNotContain("\"d\"");
  }
}
