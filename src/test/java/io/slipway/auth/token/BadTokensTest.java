package io.slipway.auth.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.runtime.Secret;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that must not be believed, each but for one thing as a good one. */
class BadTokensTest {
  private static TokenBench bench;

  @BeforeAll
  static void start() {
    bench = new TokenBench(TokenBench.NONE);
  }

  @AfterAll
  static void stop() {
    bench.close();
  }

  private static void refuses(String token, String reason) {
    RegistryException refused =
        catchThrowableOfType(RegistryException.class, () -> bench.verify(token));
    assertThat(refused).as(reason).isNotNull();
    assertThat(refused.code()).isEqualTo(ErrorCode.UNAUTHORIZED);
    assertThat(refused).hasMessageContaining(reason);
  }

  /** The control of all others. */
  @Test
  void believesAGoodOne() {
    assertThat(bench.verify(bench.sign(bench.goodHeader().build(), bench.goodClaims().build())))
        .matches(caller -> caller.byToken() && caller.name().equals("dev"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "a.b.c", "..", "e30.e30.e30", "eyJhbGciOiJFUzI1NiJ9.e30."})
  void refusesWhatIsNoToken(String text) {
    refuses(text, "tried to read the token");
  }

  @Test
  void refusesOneWithoutASignature() {
    refuses(new PlainJWT(bench.goodClaims().build()).serialize(), "not a signed JSON web token");
    String good = bench.sign(bench.goodHeader().build(), bench.goodClaims().build());
    refuses(good.substring(0, good.lastIndexOf('.') + 1), "tried to read the token");
    String none = Base64.getUrlEncoder().encodeToString("{\"alg\":\"none\"}".getBytes(UTF_8));
    refuses(none + good.substring(good.indexOf('.')), "not a signed JSON web token");
  }

  @Test
  void refusesTheSignatureOfAnother() throws Exception {
    String good = bench.sign(bench.goodHeader().build(), bench.goodClaims().build());
    String other =
        bench.sign(bench.goodHeader().build(), bench.goodClaims().subject("admin").build());
    String[] parts = good.split("\\.", -1);
    refuses(parts[0] + "." + other.split("\\.", -1)[1] + "." + parts[2], "no key");
  }

  /** The public key is known to everybody, also as the key of an HMAC. */
  @Test
  void refusesAConfusedAlgorithm() throws Exception {
    ECKey key = bench.ring.signing().orElseThrow().jwk();
    for (byte[] secret :
        List.of(key.toECPublicKey().getEncoded(), key.toJSONString().getBytes(UTF_8))) {
      SignedJWT token =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.HS256)
                  .type(JOSEObjectType.JWT)
                  .keyID(key.getKeyID())
                  .build(),
              bench.goodClaims().build());
      token.sign(new MACSigner(secret));
      refuses(token.serialize(), "algorithm");
    }
    SignedJWT rsa =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
            bench.goodClaims().build());
    rsa.sign(new RSASSASigner(new RSAKeyGenerator(2048).generate()));
    refuses(rsa.serialize(), "algorithm");
  }

  @Test
  void refusesAForeignKey() throws Exception {
    ECKey foreign = new ECKeyGenerator(Curve.P_256).generate();
    JWSHeader named = bench.goodHeader().build();
    JWSHeader embedded = bench.goodHeader().jwk(foreign.toPublicJWK()).build();
    JWSHeader unknown = bench.goodHeader().keyID("nobody").build();
    JWSHeader nameless = new JWSHeader.Builder(JWSAlgorithm.ES256).type(JOSEObjectType.JWT).build();
    for (JWSHeader header : List.of(named, embedded, unknown, nameless)) {
      SignedJWT token = new SignedJWT(header, bench.goodClaims().build());
      token.sign(new ECDSASigner(foreign));
      refuses(token.serialize(), "tried to read the token");
    }
  }

  @Test
  void refusesClaimsThatDoNotHold() {
    JWSHeader header = bench.goodHeader().build();
    refuses(
        bench.sign(header, bench.goodClaims().audience("other").build()), "for another service");
    refuses(bench.sign(header, bench.goodClaims().issuer("other").build()), "another server");
    refuses(bench.sign(header, bench.goodClaims().issuer(null).build()), "another server");
    refuses(
        bench.sign(header, bench.goodClaims().expirationTime(null).build()), "does not say when");
    Date now = Date.from(bench.clock.instant());
    refuses(bench.sign(header, bench.goodClaims().expirationTime(now).build()), "has expired");
    Date later = Date.from(bench.clock.instant().plusSeconds(61));
    refuses(bench.sign(header, bench.goodClaims().notBeforeTime(later).build()), "not valid yet");
    refuses(bench.sign(header, bench.goodClaims().subject("nobody").build()), "not valid any more");
    refuses(bench.sign(header, bench.goodClaims().claim("ver", "a:8").build()), "not valid any");
    refuses(bench.sign(header, bench.goodClaims().claim("ver", null).build()), "not valid any");
    refuses(bench.sign(header, bench.goodClaims().claim("ver", "a:77").build()), "not valid any");
  }

  @Test
  void refusesWhatItMustUnderstandAndDoesNot() {
    refuses(
        bench.sign(
            bench.goodHeader().customParam("odd", "x").criticalParams(Set.of("odd")).build(),
            bench.goodClaims().build()),
        "no key");
  }

  @Test
  void refusesAnotherKind() {
    TokenServer.Grant grant =
        bench.give(TokenBench.password("dev"), true, "repository:org/app:pull");
    Secret refresh = grant.refresh().orElseThrow();
    refuses(refresh.reveal(), "another kind");
    assertThat(
            catchThrowableOfType(
                RegistryException.class,
                () -> TokenBench.await(bench.tokens.server().refresh(grant.access(), List.of()))))
        .hasMessageContaining("another kind");
  }

  @Test
  void doesNotEvenLookAtAHugeOne() {
    int reads = bench.store.reads.get();
    String good = bench.sign(bench.goodHeader().build(), bench.goodClaims().build());
    refuses(good + "A".repeat(BearerTokens.MAX_LENGTH), "too long");
    assertThat(bench.store.reads).hasValue(reads);
  }

  @Test
  void readsTheKeysOnceASecondAtMostForKeysNobodyHas() throws Exception {
    ECKey foreign = new ECKeyGenerator(Curve.P_256).generate();
    int before = bench.store.reads.get();
    long start = System.nanoTime();
    List<io.vertx.core.Future<?>> answers = new java.util.ArrayList<>();
    for (int i = 0; i < 100; i++) {
      SignedJWT token =
          new SignedJWT(
              bench.goodHeader().keyID("nobody-" + i).build(), bench.goodClaims().build());
      token.sign(new ECDSASigner(foreign));
      answers.add(
          bench
              .tokens
              .verifier()
              .verify(
                  Secret.of(token.serialize()),
                  io.slipway.auth.AccessRules.none(),
                  TokenBench.ADDRESS)
              .otherwiseEmpty());
    }
    TokenBench.await(io.vertx.core.Future.join(answers));
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    assertThat(bench.store.reads.get() - before).isBetween(1, (int) seconds + 2);
  }
}
