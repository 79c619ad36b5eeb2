package io.slipway.auth.token;

import static io.slipway.auth.Permission.DELETE;
import static io.slipway.auth.Permission.PULL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.slipway.auth.Account;
import io.slipway.auth.Caller;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.Eventually;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of another server, whose keys lie in a file. */
class ExternalTokensTest {
  private static final RepositoryName APP = RepositoryName.parse("org/app");

  @TempDir Path folder;

  private TokenBench bench(JWK... keys) throws IOException {
    return new TokenBench(
        new TokenConfig.External(
            "other.lan",
            write(keys).toString(),
            null,
            null,
            URI.create("https://other.lan/token"),
            "registry.lan"));
  }

  private Path write(JWK... keys) throws IOException {
    Path fresh = Files.writeString(folder.resolve("new"), new JWKSet(List.of(keys)).toString());
    return Files.move(
        fresh,
        folder.resolve("jwks.json"),
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  private static JWTClaimsSet.Builder claims(TokenBench bench) {
    return bench
        .goodClaims()
        .issuer("other.lan")
        .audience("registry.lan")
        .subject("somebody")
        .claim("ver", null)
        .claim(
            "access",
            List.of(Map.of("type", "repository", "name", "org/app", "actions", List.of("*"))));
  }

  private static String sign(
      JWSAlgorithm algorithm, @Nullable String kid, JWSSigner signer, JWTClaimsSet claims)
      throws JOSEException {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT).keyID(kid).build(), claims);
    token.sign(signer);
    return token.serialize();
  }

  @Test
  void grantsWhatTheySay() throws Exception {
    RSAKey rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
    ECKey ec = new ECKeyGenerator(Curve.P_384).generate();
    try (TokenBench bench = bench(rsa.toPublicJWK(), ec.toPublicJWK())) {
      JWTClaimsSet claims = claims(bench).build();
      for (String token :
          List.of(
              sign(JWSAlgorithm.RS256, "rsa", new RSASSASigner(rsa), claims),
              sign(JWSAlgorithm.PS512, "rsa", new RSASSASigner(rsa), claims),
              sign(
                  JWSAlgorithm.ES384,
                  ec.computeThumbprint().toString(),
                  new ECDSASigner(ec),
                  claims),
              sign(JWSAlgorithm.ES384, "PYYO:TEWU", new ECDSASigner(ec), claims),
              sign(JWSAlgorithm.ES384, null, new ECDSASigner(ec), claims))) {
        Caller caller = bench.verify(token);
        assertThat(caller.name()).isEqualTo("other.lan#somebody");
        assertThat(Account.isName(caller.name())).as("of an account of this registry").isFalse();
        assertThat(caller.byToken()).isTrue();
        assertThat(caller.role()).isEmpty();
        assertThat(caller.rights().allow(DELETE, APP)).isTrue();
        assertThat(caller.rights().allow(PULL, RepositoryName.parse("other"))).isFalse();
      }
    }
  }

  @Test
  void believesNoOtherKeyAndNoOtherClaims() throws Exception {
    RSAKey rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
    RSAKey foreign = new RSAKeyGenerator(2048).keyID("rsa").generate();
    try (TokenBench bench = bench(rsa.toPublicJWK())) {
      JWTClaimsSet good = claims(bench).build();
      String secret = rsa.toPublicJWK().toJSONString();
      Date past = Date.from(bench.clock.instant());
      for (String token :
          List.of(
              sign(JWSAlgorithm.RS256, "rsa", new RSASSASigner(foreign), good),
              sign(JWSAlgorithm.HS256, "rsa", new MACSigner(rsa.toPublicKey().getEncoded()), good),
              sign(
                  JWSAlgorithm.HS256,
                  "rsa",
                  new MACSigner(secret.getBytes(StandardCharsets.UTF_8)),
                  good),
              sign(
                  JWSAlgorithm.RS256,
                  "rsa",
                  new RSASSASigner(rsa),
                  claims(bench).issuer("slipway").build()),
              sign(
                  JWSAlgorithm.RS256,
                  "rsa",
                  new RSASSASigner(rsa),
                  claims(bench).audience("slipway").build()),
              sign(
                  JWSAlgorithm.RS256,
                  "rsa",
                  new RSASSASigner(rsa),
                  claims(bench).expirationTime(past).build()),
              bench.sign(bench.goodHeader().build(), good))) {
        assertThatThrownBy(() -> bench.verify(token))
            .hasMessageContaining("tried to read the token");
      }
      // The registry's own go on.
      bench.verify(bench.sign(bench.goodHeader().build(), bench.goodClaims().build()));
    }
  }

  @Test
  void takesTheKeysOfAFileThatChanged() throws Exception {
    RSAKey first = new RSAKeyGenerator(2048).keyID("1").generate();
    RSAKey second = new RSAKeyGenerator(2048).keyID("2").generate();
    try (TokenBench bench = bench(first.toPublicJWK())) {
      JWTClaimsSet claims = claims(bench).build();
      String old = sign(JWSAlgorithm.RS256, "1", new RSASSASigner(first), claims);
      String young = sign(JWSAlgorithm.RS256, "2", new RSASSASigner(second), claims);
      bench.verify(old);
      assertThat(holds(bench, young)).isFalse();
      write(second.toPublicJWK());
      Eventually.happens("the new key is known", () -> holds(bench, young));
      assertThat(holds(bench, old))
          .as("a token that was remembered, of a key that is gone")
          .isFalse();
    }
  }

  private static boolean holds(TokenBench bench, String token) {
    try {
      bench.verify(token);
      return true;
    } catch (io.slipway.oci.RegistryException e) {
      return false;
    }
  }
}
