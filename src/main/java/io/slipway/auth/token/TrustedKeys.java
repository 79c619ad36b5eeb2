package io.slipway.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64;
import com.nimbusds.jose.util.X509CertUtils;
import com.nimbusds.jwt.SignedJWT;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The public keys of another token server, and the certificates that vouch for more of them.
 * Immutable.
 *
 * <p>Only RSA and elliptic curves: a key that everybody may know must not be taken for one with
 * which HMAC signs.
 */
record TrustedKeys(List<JWK> keys, List<X509Certificate> anchors) {
  /** A token that names no key is compared with so many at most. */
  private static final int MAX_KEYS = 16;

  private static final int MAX_CHAIN = 5;
  private static final String X509 = "X.509";

  TrustedKeys {
    keys = List.copyOf(keys);
    anchors = List.copyOf(anchors);
  }

  static TrustedKeys none() {
    return new TrustedKeys(List.of(), List.of());
  }

  /** Reads a JWKS (RFC 7517); what cannot verify a signature is left out. */
  static List<JWK> ofSet(String json) throws ParseException {
    return JWKSet.parse(json).getKeys().stream()
        .filter(key -> key instanceof RSAKey || key instanceof ECKey)
        .filter(key -> key.getKeyUse() == null || KeyUse.SIGNATURE.equals(key.getKeyUse()))
        .map(JWK::toPublicJWK)
        .filter(Objects::nonNull)
        .toList();
  }

  /** Reads certificates in PEM, one after the other. */
  static TrustedKeys ofCertificates(byte[] pem, List<JWK> more) throws GeneralSecurityException {
    List<X509Certificate> anchors =
        CertificateFactory.getInstance(X509)
            .generateCertificates(new ByteArrayInputStream(pem))
            .stream()
            .map(X509Certificate.class::cast)
            .toList();
    List<JWK> keys = new ArrayList<>(more);
    for (X509Certificate certificate : anchors) {
      keys.add(key(certificate));
    }
    return new TrustedKeys(keys, anchors);
  }

  private static JWK key(X509Certificate certificate) throws GeneralSecurityException {
    return switch (certificate.getPublicKey()) {
      case RSAPublicKey rsa -> new RSAKey.Builder(rsa).build();
      case ECPublicKey ec when Curve.forECParameterSpec(ec.getParams()) != null ->
          new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec).build();
      default ->
          throw new GeneralSecurityException(
              "a certificate has neither an RSA key nor one on P-256, P-384 or P-521");
    };
  }

  /** Tells whether one of the keys signed a token. */
  boolean signed(SignedJWT token) {
    JWSHeader header = token.getHeader();
    List<Base64> chain = header.getX509CertChain();
    if (chain != null && !chain.isEmpty()) {
      return vouchedFor(chain).filter(key -> verifies(token, key)).isPresent();
    }
    List<JWK> named = keys.stream().filter(key -> isNamed(key, header.getKeyID())).toList();
    return (named.isEmpty() ? keys : named)
        .stream().limit(MAX_KEYS).anyMatch(key -> verifies(token, key));
  }

  /** Tells whether it is worth looking: no when the token names a key that is none of these. */
  boolean mayHaveSigned(SignedJWT token) {
    String kid = token.getHeader().getKeyID();
    return kid == null || keys.stream().anyMatch(key -> isNamed(key, kid));
  }

  private static boolean isNamed(JWK key, String kid) {
    try {
      return kid != null
          && (kid.equals(key.getKeyID()) || kid.equals(key.computeThumbprint().toString()));
    } catch (JOSEException e) {
      return false;
    }
  }

  private static boolean verifies(SignedJWT token, JWK key) {
    if (key.getAlgorithm() != null
        && !key.getAlgorithm().equals(token.getHeader().getAlgorithm())) {
      return false;
    }
    try {
      return verifies(
          token, key instanceof RSAKey rsa ? rsa.toPublicKey() : ((ECKey) key).toPublicKey());
    } catch (JOSEException e) {
      return false;
    }
  }

  /** The factory refuses an algorithm that is not one of this kind of key. */
  private static boolean verifies(SignedJWT token, PublicKey key) {
    try {
      JWSVerifier verifier =
          new DefaultJWSVerifierFactory().createJWSVerifier(token.getHeader(), key);
      return token.verify(verifier);
    } catch (JOSEException e) {
      return false;
    }
  }

  /** Returns the key of the first certificate when a chain ends at a trusted one. */
  private Optional<PublicKey> vouchedFor(List<Base64> chain) {
    if (anchors.isEmpty() || chain.size() > MAX_CHAIN) {
      return Optional.empty();
    }
    List<X509Certificate> certificates = new ArrayList<>();
    for (Base64 one : chain) {
      X509Certificate certificate = X509CertUtils.parse(one.decode());
      if (certificate == null) {
        return Optional.empty();
      }
      certificates.add(certificate);
    }
    X509Certificate leaf = certificates.getFirst();
    if (anchors.contains(leaf)) {
      return Optional.of(leaf.getPublicKey());
    }
    certificates.removeIf(anchors::contains);
    try {
      CertPath path = CertificateFactory.getInstance(X509).generateCertPath(certificates);
      PKIXParameters parameters =
          new PKIXParameters(
              anchors.stream()
                  .map(anchor -> new TrustAnchor(anchor, null))
                  .collect(Collectors.toSet()));
      parameters.setRevocationEnabled(false);
      CertPathValidator.getInstance("PKIX").validate(path, parameters);
      return Optional.of(leaf.getPublicKey());
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
