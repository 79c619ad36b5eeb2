package io.slipway.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * What the files of TLS held at one moment: certificate, key and the authorities of clients.
 *
 * <p>No {@code toString} and no message shows the key.
 */
final class TlsMaterial {
  /** No chain and no bundle of authorities is so large. */
  private static final int MOST_BYTES = 4 << 20;

  /** With forward secrecy and authenticated encryption; the first three are of TLS 1.3. */
  private static final List<String> CIPHER_SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private final TlsConfig config;
  private final Buffer chain;
  private final Buffer key;
  private final @Nullable Buffer authorities;

  private TlsMaterial(TlsConfig config, Buffer chain, Buffer key, @Nullable Buffer authorities) {
    this.config = config;
    this.chain = chain;
    this.key = key;
    this.authorities = authorities;
  }

  /**
   * Reads the files; blocks.
   *
   * @throws TlsException when one cannot be read
   */
  static TlsMaterial read(TlsConfig config) throws TlsException {
    Path clients = config.clientCa();
    return new TlsMaterial(
        config,
        bytes(Objects.requireNonNull(config.certificate()), "certificate"),
        bytes(Objects.requireNonNull(config.key()), "private key"),
        clients == null ? null : bytes(clients, "client authorities"));
  }

  private static Buffer bytes(Path file, String what) throws TlsException {
    try {
      // Reading a pipe would never end.
      if (!Files.isRegularFile(file)) {
        throw new TlsException("read the TLS " + what + " " + file, "there is no such file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        return Buffer.buffer(in.readNBytes(MOST_BYTES));
      }
    } catch (IOException e) {
      throw new TlsException("read the TLS " + what + " " + file, "it is not readable: " + e);
    }
  }

  boolean hasSameBytes(TlsMaterial other) {
    return chain.equals(other.chain)
        && key.equals(other.key)
        && Objects.equals(authorities, other.authorities);
  }

  /**
   * Returns the server's own certificate when everything fits together.
   *
   * @throws TlsException when something is broken or does not belong to the rest
   */
  X509Certificate check(Vertx vertx) throws TlsException {
    X509Certificate own = ownCertificate();
    checkKey(vertx, own);
    if (authorities != null) {
      checkAuthorities(vertx, authorities);
    }
    return own;
  }

  /**
   * Expects a time at which a certificate may be used.
   *
   * @throws TlsException before and after its time
   */
  void checkTime(X509Certificate own, Instant now) throws TlsException {
    if (now.isAfter(own.getNotAfter().toInstant())) {
      throw refusal("it expired at " + own.getNotAfter().toInstant());
    }
    if (now.isBefore(own.getNotBefore().toInstant())) {
      throw refusal("it is valid only from " + own.getNotBefore().toInstant() + " on");
    }
  }

  private X509Certificate ownCertificate() throws TlsException {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(chain.getBytes()))
          .stream()
          .map(X509Certificate.class::cast)
          .findFirst()
          .orElseThrow(() -> refusal("there is no certificate in it"));
    } catch (GeneralSecurityException e) {
      throw refusal("it is not a PEM file of certificates: " + e.getMessage());
    }
  }

  private TlsException refusal(String why) {
    return new TlsException("use the TLS certificate " + config.certificate(), why);
  }

  private void checkKey(Vertx vertx, X509Certificate own) throws TlsException {
    String algorithm = own.getPublicKey().getAlgorithm();
    boolean fits;
    try {
      X509KeyManager keys = (X509KeyManager) keys().getKeyManagerFactory(vertx).getKeyManagers()[0];
      String[] aliases = keys.getServerAliases(algorithm, null);
      fits = aliases != null && isPair(own, keys.getPrivateKey(aliases[0]));
    } catch (Exception e) {
      throw new TlsException(
          "use the TLS private key " + config.key() + " with " + config.certificate(),
          "it is not the PEM file of a key without a password that fits: " + e.getMessage());
    }
    if (!fits) {
      throw new TlsException(
          "use the TLS private key " + config.key(),
          "it does not belong to the first certificate of "
              + config.certificate()
              + ", "
              + name(own));
    }
  }

  private static boolean isPair(X509Certificate own, PrivateKey key)
      throws GeneralSecurityException {
    byte[] text = own.getSignature();
    String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(text);
    byte[] signature = signing.sign();
    Signature checking = Signature.getInstance(algorithm);
    checking.initVerify(own.getPublicKey());
    checking.update(text);
    return checking.verify(signature);
  }

  private void checkAuthorities(Vertx vertx, Buffer bundle) throws TlsException {
    String why = "there is no certificate in it";
    try {
      if (new PemTrustOptions().addCertValue(bundle).loadKeyStore(vertx).size() > 0) {
        return;
      }
    } catch (Exception e) {
      why = "it is not a PEM file of certificates: " + e.getMessage();
    }
    throw new TlsException("use the TLS client authorities " + config.clientCa(), why);
  }

  /** Tells people which certificate this is; two that were issued for one name differ. */
  static String name(X509Certificate certificate) {
    return certificate.getSubjectX500Principal()
        + " (serial number "
        + certificate.getSerialNumber().toString(16)
        + ", valid until "
        + certificate.getNotAfter().toInstant()
        + ")";
  }

  private PemKeyCertOptions keys() {
    return new PemKeyCertOptions().addCertValue(chain).addKeyValue(key);
  }

  /** Makes a server speak TLS with it, and returns the options of that server. */
  HttpServerOptions secure(HttpServerOptions options, boolean askClients) {
    options
        .setSsl(true)
        .setUseAlpn(true)
        .setKeyCertOptions(keys())
        .setEnabledSecureTransportProtocols(
            config.minVersion().equals("1.3") ? Set.of("TLSv1.3") : Set.of("TLSv1.2", "TLSv1.3"));
    CIPHER_SUITES.forEach(options::addEnabledCipherSuite);
    if (askClients && authorities != null) {
      options
          .setTrustOptions(new PemTrustOptions().addCertValue(authorities))
          .setClientAuth(
              config.clientAuth() == TlsConfig.ClientAuth.REQUIRED
                  ? ClientAuth.REQUIRED
                  : ClientAuth.REQUEST);
    }
    return options;
  }

  /** Says what was tried and why it failed, for the log. */
  static final class TlsException extends Exception {
    private static final long serialVersionUID = 1;

    TlsException(String tried, String why) {
      super("tried to " + tried + " but " + why);
    }
  }
}
