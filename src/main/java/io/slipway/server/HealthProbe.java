package io.slipway.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks a health check over HTTP, as the command line does.
 *
 * <p>Uses the JDK's oldest client because it starts in a fraction of the newer one's time.
 */
public final class HealthProbe {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private HealthProbe() {}

  /** Asks an address; returns what is wrong, nothing when the answer is 200 within 3 s. Blocks. */
  public static Optional<String> ask(URI address) {
    return ask(address, null);
  }

  /**
   * Asks the server of this configuration on this machine; returns what is wrong. Blocks.
   *
   * <p>With TLS it trusts the server's own certificate, whatever name is in it: that is a
   * registry's public name, seldom this machine's.
   */
  public static Optional<String> ask(RegistryConfig config) {
    return ask(config.healthAddress(), config.http().tls().certificate());
  }

  private static Optional<String> ask(URI address, @Nullable Path certificate) {
    try {
      HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
      if (certificate != null && connection instanceof HttpsURLConnection secure) {
        trust(secure, certificate);
      }
      connection.setConnectTimeout((int) TIMEOUT.toMillis());
      connection.setReadTimeout((int) TIMEOUT.toMillis());
      connection.setInstanceFollowRedirects(false);
      int status = connection.getResponseCode();
      connection.disconnect();
      return status == HttpURLConnection.HTTP_OK
          ? Optional.empty()
          : Optional.of("tried to ask " + address + " but it answered " + status);
    } catch (IOException
        | GeneralSecurityException
        | IllegalArgumentException
        | ClassCastException e) {
      return Optional.of("tried to ask " + address + " but " + e.getMessage());
    }
  }

  /** Lets a connection trust this certificate only, whatever name is in it. */
  static void trust(HttpsURLConnection connection, Path certificate)
      throws IOException, GeneralSecurityException {
    connection.setSSLSocketFactory(trusting(certificate));
    connection.setHostnameVerifier((host, session) -> true);
  }

  private static SSLSocketFactory trusting(Path certificate)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(certificate)) {
      // The first of the chain is the server's own.
      trusted.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context.getSocketFactory();
  }
}
