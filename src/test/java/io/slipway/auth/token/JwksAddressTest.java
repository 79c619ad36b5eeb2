package io.slipway.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import io.slipway.runtime.InvalidSettings;
import io.slipway.testing.Eventually;
import io.slipway.testing.TestCertificate;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys of another token server by HTTPS, which changes them. */
class JwksAddressTest {
  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile int status = 200;
  private volatile String answer = "";

  /** Which request is answered when it is released only. */
  private volatile int slow;

  private final Promise<Void> released = Promise.promise();
  private TestCertificate authority;

  @BeforeEach
  void makeAuthority() throws Exception {
    authority = TestCertificate.authority(folder);
  }

  @AfterEach
  void stop() {
    TokenBench.await(vertx.close());
  }

  private String serve(String alternative) throws Exception {
    TestCertificate own = authority.issue("tokens", "CN=tokens.lan", "-ext", "SAN=" + alternative);
    HttpServer server =
        TokenBench.await(
            vertx
                .createHttpServer(
                    new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(
                            new PemKeyCertOptions()
                                .setCertPath(own.certificate().toString())
                                .setKeyPath(own.key().toString())))
                .requestHandler(
                    request -> {
                      String now = answer;
                      boolean waits = asked.incrementAndGet() == slow;
                      request.response().setStatusCode(status);
                      request.response().putHeader("Location", "http://127.0.0.1:1/");
                      (waits ? released.future() : Future.<Void>succeededFuture())
                          .onComplete(ignored -> request.response().end(now));
                    })
                .listen(0, "127.0.0.1"));
    return "https://127.0.0.1:" + server.actualPort() + "/jwks";
  }

  private static TokenConfig.External config(String jwks, @Nullable Path authorities) {
    return new TokenConfig.External(
        "other.lan",
        jwks,
        authorities,
        null,
        URI.create("https://other.lan/token"),
        "registry.lan");
  }

  private static ECKey key(String kid) throws JOSEException {
    return new ECKeyGenerator(Curve.P_256).keyID(kid).generate();
  }

  private void publish(ECKey... keys) {
    answer = new JWKSet(Arrays.stream(keys).map(JWK::toPublicJWK).toList()).toString();
  }

  private static String token(TokenBench bench, ECKey key) throws JOSEException {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
            bench
                .goodClaims()
                .issuer("other.lan")
                .audience("registry.lan")
                .subject("somebody")
                .build());
    token.sign(new ECDSASigner(key));
    return token.serialize();
  }

  /** It asks as soon as it has started, and not again for most of a minute. */
  private void untilThePollerHasLooked() {
    Eventually.happens("the poller has looked", () -> asked.get() == 2);
  }

  private static void assertRefused(TokenBench bench, String token) {
    assertThatThrownBy(() -> bench.verify(token)).hasMessageContaining("tried to read the token");
  }

  @Test
  void believesNewKeysAtOnceAndOldOnesNoMore() throws Exception {
    ECKey first = key("first");
    ECKey second = key("second");
    publish(first);
    String jwks = serve("ip:127.0.0.1");
    try (TokenBench bench = new TokenBench(config(jwks, authority.certificate()))) {
      String old = token(bench, first);
      assertThat(bench.verify(old).name()).isEqualTo("other.lan#somebody");
      untilThePollerHasLooked();
      publish(second);
      assertThat(bench.verify(token(bench, second)).name()).isEqualTo("other.lan#somebody");
      assertRefused(bench, old);
      assertThat(asked).hasValue(3);
    }
  }

  /** Or a key that was withdrawn would be believed again, for a minute. */
  @Test
  void takesNoKeysThatItAskedForBeforeThoseItHas() throws Exception {
    ECKey first = key("first");
    ECKey second = key("second");
    publish(first);
    slow = 2;
    String jwks = serve("ip:127.0.0.1");
    try (TokenBench bench = new TokenBench(config(jwks, authority.certificate()))) {
      untilThePollerHasLooked();
      publish(second);
      assertThat(bench.verify(token(bench, second)).name()).isEqualTo("other.lan#somebody");
      released.complete();
      TokenBench.await(bench.tokens.stop());
      assertRefused(bench, token(bench, first));
      assertThat(bench.verify(token(bench, second)).name()).isEqualTo("other.lan#somebody");
    }
  }

  @Test
  void isNotAskedForEveryKeyThatNobodyHas() throws Exception {
    ECKey known = key("known");
    publish(known);
    String jwks = serve("ip:127.0.0.1");
    try (TokenBench bench = new TokenBench(config(jwks, authority.certificate()))) {
      untilThePollerHasLooked();
      // Nor for the registry's own, of which another node may have signed one just now.
      assertRefused(
          bench,
          bench.sign(bench.goodHeader().keyID("unknown").build(), bench.goodClaims().build()));
      assertThat(asked).hasValue(2);
      for (int i = 0; i < 20; i++) {
        assertRefused(bench, token(bench, key("unknown" + i)));
      }
      // A signature that is wrong is no reason to ask.
      assertRefused(bench, token(bench, key("known")));
      assertThat(asked).hasValue(3);
      assertThat(bench.verify(token(bench, known)).name()).isEqualTo("other.lan#somebody");
    }
  }

  @Test
  void keepsItsKeysWhileTheServerSaysNoneOrSendsElsewhere() throws Exception {
    ECKey known = key("known");
    publish(known);
    String jwks = serve("ip:127.0.0.1");
    try (TokenBench bench = new TokenBench(config(jwks, authority.certificate()))) {
      untilThePollerHasLooked();
      status = 302;
      assertRefused(bench, token(bench, key("new")));
      assertThat(asked).hasValue(3);
      assertThat(bench.verify(token(bench, known)).name()).isEqualTo("other.lan#somebody");
    }
  }

  @Test
  void believesNoServerWithoutACertificateForIt() throws Exception {
    ECKey known = key("known");
    publish(known);
    TestCertificate foreign =
        TestCertificate.authority(Files.createDirectory(folder.resolve("foreign")));
    String right = serve("ip:127.0.0.1");
    for (Path authorities : Arrays.asList(null, foreign.certificate())) {
      try (TokenBench bench = new TokenBench(config(right, authorities))) {
        assertRefused(bench, token(bench, known));
      }
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void believesNoServerOfAnotherName() throws Exception {
    ECKey known = key("known");
    publish(known);
    try (TokenBench bench =
        new TokenBench(config(serve("dns:other.lan"), authority.certificate()))) {
      assertRefused(bench, token(bench, known));
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void takesAnAuthorityForHttpsOnly() {
    for (String jwks : new String[] {"/keys.json", "http://127.0.0.1/jwks"}) {
      assertThatThrownBy(() -> config(jwks, folder.resolve("ca.pem")))
          .isInstanceOf(InvalidSettings.class)
          .hasMessageContaining("jwks_ca");
    }
  }
}
