package io.slipway.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A certificate and its key as PEM files, made by the JDK's keytool.
 *
 * @param trust a key store that holds the certificate only
 * @param keys a key store that holds the certificate with its key only
 */
public record TestCertificate(Path certificate, Path key, KeyStore trust, KeyStore keys) {
  private static final String STORE = "keys.p12";
  private static final String PASSWORD = "changeit";
  private static final String OWN = "server";

  /** Makes a self-signed one for a host name, with more options of {@code keytool -genkeypair}. */
  public static TestCertificate make(Path folder, String host, String... options) throws Exception {
    return generate(folder, OWN, "CN=" + host, join(options, "-ext", "SAN=dns:" + host));
  }

  /** Makes one that can {@link #issue} others. */
  public static TestCertificate authority(Path folder) throws Exception {
    return generate(folder, OWN, "CN=authority of " + folder.getFileName(), "-ext", "bc:c");
  }

  /** Issues another one in the same folder, with more options of {@code keytool -genkeypair}. */
  public TestCertificate issue(String alias, String subject, String... options) throws Exception {
    return generate(
        Objects.requireNonNull(certificate.getParent()),
        alias,
        subject,
        join(options, "-signer", OWN));
  }

  private static TestCertificate generate(
      Path folder, String alias, String subject, String... options) throws Exception {
    Path store = folder.resolve(STORE);
    keytool(store, alias, subject, options);
    KeyStore all = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      all.load(in, PASSWORD.toCharArray());
    }
    Certificate certificate = all.getCertificate(alias);
    KeyStore keys = empty();
    keys.setKeyEntry(
        alias,
        all.getKey(alias, PASSWORD.toCharArray()),
        PASSWORD.toCharArray(),
        all.getCertificateChain(alias));
    KeyStore trust = empty();
    trust.setCertificateEntry(alias, certificate);
    String prefix = alias.equals(OWN) ? "" : alias + "-";
    return new TestCertificate(
        pem(folder.resolve(prefix + "certificate.pem"), "CERTIFICATE", certificate.getEncoded()),
        pem(
            folder.resolve(prefix + "key.pem"),
            "PRIVATE KEY",
            keys.getKey(alias, PASSWORD.toCharArray()).getEncoded()),
        trust,
        keys);
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** Returns what a client needs that believes this certificate only. */
  public SSLContext client() throws GeneralSecurityException {
    return client(null);
  }

  /**
   * Returns what a client needs that believes this certificate only, and shows another one,
   * whatever authorities the server names; the JDK's own choice would be to show none.
   */
  public SSLContext client(@Nullable TestCertificate shown) throws GeneralSecurityException {
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trust);
    KeyManager[] own = new KeyManager[0];
    if (shown != null) {
      own = new KeyManager[] {new OnlyKey(shown.keys())};
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own, managers.getTrustManagers(), null);
    return context;
  }

  /** Returns the certificate itself. */
  public X509Certificate x509() throws GeneralSecurityException {
    return (X509Certificate) trust.getCertificate(trust.aliases().nextElement());
  }

  private static void keytool(Path store, String alias, String subject, String... options)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", alias, "-keyalg", "EC", "-dname", subject));
    command.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString()));
    command.addAll(List.of("-storepass", PASSWORD));
    command.addAll(List.of(options));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = keytool.inputReader().readAllAsString();
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException(output);
    }
  }

  private static String[] join(String[] first, String... second) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(second));
    return all.toArray(String[]::new);
  }

  private static Path pem(Path file, String what, byte[] bytes) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return Files.writeString(
        file, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
  }

  /** Shows the only key of a store. */
  private static final class OnlyKey extends X509ExtendedKeyManager {
    private final String alias;
    private final PrivateKey key;
    private final X509Certificate[] chain;

    OnlyKey(KeyStore keys) throws GeneralSecurityException {
      alias = keys.aliases().nextElement();
      key = (PrivateKey) keys.getKey(alias, PASSWORD.toCharArray());
      chain =
          Arrays.stream(keys.getCertificateChain(alias))
              .map(X509Certificate.class::cast)
              .toArray(X509Certificate[]::new);
    }

    @Override
    public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
      return alias;
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return alias;
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {alias};
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public X509Certificate[] getCertificateChain(String name) {
      return chain.clone();
    }

    @Override
    public PrivateKey getPrivateKey(String name) {
      return key;
    }
  }
}
