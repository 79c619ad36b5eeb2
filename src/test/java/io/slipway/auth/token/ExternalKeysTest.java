package io.slipway.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.slipway.runtime.InvalidSettings;
import io.slipway.testing.TestCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the keys of another token server come from. */
class ExternalKeysTest {
  private static final URI REALM = URI.create("https://other.lan/token");

  @TempDir Path folder;

  private static JWTClaimsSet claims(TokenBench bench) {
    return bench
        .goodClaims()
        .issuer("other.lan")
        .audience("registry.lan")
        .subject("somebody")
        .build();
  }

  private TestCertificate certificate(String name) throws Exception {
    return TestCertificate.make(Files.createDirectory(folder.resolve(name)), name);
  }

  private static byte[] der(Path pem) throws Exception {
    return java.util.Base64.getMimeDecoder()
        .decode(Files.readString(pem).replaceAll("-----[A-Z ]+-----", ""));
  }

  /** Signs with the key of one certificate, and brings along another or none. */
  private static String sign(TestCertificate with, List<Path> chain, JWTClaimsSet claims)
      throws Exception {
    PrivateKey key =
        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der(with.key())));
    JWSHeader.Builder header =
        new JWSHeader.Builder(JWSAlgorithm.ES384).type(JOSEObjectType.JWT).keyID("ABCD:EFGH");
    if (!chain.isEmpty()) {
      List<Base64> encoded = new java.util.ArrayList<>();
      for (Path one : chain) {
        encoded.add(Base64.encode(der(one)));
      }
      header.x509CertChain(encoded);
    }
    SignedJWT token = new SignedJWT(header.build(), claims);
    token.sign(new ECDSASigner((ECPrivateKey) key));
    return token.serialize();
  }

  @Test
  void believesCertificates() throws Exception {
    TestCertificate trusted = certificate("trusted.lan");
    TestCertificate foreign = certificate("foreign.lan");
    TokenConfig.External config =
        new TokenConfig.External(
            "other.lan", null, null, trusted.certificate(), REALM, "registry.lan");
    try (TokenBench bench = new TokenBench(config)) {
      JWTClaimsSet claims = claims(bench);
      Path chain = trusted.certificate();
      assertThat(bench.verify(sign(trusted, List.of(), claims)).name())
          .isEqualTo("other.lan#somebody");
      assertThat(bench.verify(sign(trusted, List.of(chain), claims)).name())
          .isEqualTo("other.lan#somebody");
      for (String token :
          List.of(
              sign(foreign, List.of(), claims),
              sign(foreign, List.of(foreign.certificate()), claims),
              sign(foreign, List.of(chain), claims),
              sign(foreign, List.of(foreign.certificate(), chain), claims))) {
        assertThatThrownBy(() -> bench.verify(token))
            .hasMessageContaining("tried to read the token");
      }
    }
  }

  @Test
  void asksAnAddressAndDoesWithoutItForAWhile() throws Exception {
    RSAKey key = new RSAKeyGenerator(2048).generate();
    AtomicReference<String> answer =
        new AtomicReference<>(new JWKSet(key.toPublicJWK()).toString());
    Vertx vertx = Vertx.vertx();
    try {
      HttpServer server =
          TokenBench.await(
              vertx
                  .createHttpServer()
                  .requestHandler(request -> request.response().end(answer.get()))
                  .listen(0, "127.0.0.1"));
      String address = "http://127.0.0.1:" + server.actualPort() + "/jwks";
      TokenConfig.External config =
          new TokenConfig.External("other.lan", address, null, null, REALM, "registry.lan");
      try (TokenBench bench = new TokenBench(config)) {
        SignedJWT token =
            new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.RS256).build(), claims(bench));
        token.sign(new com.nimbusds.jose.crypto.RSASSASigner(key));
        assertThat(bench.verify(token.serialize()).name()).isEqualTo("other.lan#somebody");
      }
      answer.set("x".repeat(2 << 20));
      try (TokenBench bench = new TokenBench(config)) {
        bench.verify(bench.sign(bench.goodHeader().build(), bench.goodClaims().build()));
      }
    } finally {
      TokenBench.await(vertx.close());
    }
  }

  @Test
  void doesNotStartWithAFileThatIsNone() throws Exception {
    Path file = Files.writeString(folder.resolve("jwks"), "{}", StandardCharsets.UTF_8);
    TokenConfig.External config =
        new TokenConfig.External("other.lan", file.toString(), null, null, REALM, "registry.lan");
    assertThatThrownBy(() -> new TokenBench(config)).hasMessageContaining("no JWKS");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://keys.lan/jwks", "ftp://keys.lan/jwks", "https://", "http://10.0.0.1"})
  void takesNoKeysThatOthersCanChangeOnTheirWay(String address) {
    assertThatThrownBy(
            () -> new TokenConfig.External("other.lan", address, null, null, REALM, "registry.lan"))
        .isInstanceOf(InvalidSettings.class);
  }
}
