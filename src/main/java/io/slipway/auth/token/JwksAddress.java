package io.slipway.auth.token;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where another token server publishes its keys (RFC 7517).
 *
 * @param authorities certificates in PEM, one of which vouches for that server; null for those of
 *     the JDK
 */
record JwksAddress(URI address, @Nullable Path authorities) {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * Asks the server; follows no redirect, for whoever it leads to could make any token. Blocks for
   * ten seconds at most.
   *
   * @throws IOException when it does not answer with 200, is not who it should be, or says more
   *     than {@link ExternalTokens#MAX_BYTES}
   */
  String read() throws IOException, InterruptedException {
    HttpClient client = client();
    try {
      CompletableFuture<HttpResponse<String>> answer =
          client.sendAsync(
              HttpRequest.newBuilder(address).timeout(PATIENCE).build(),
              BodyHandlers.limiting(
                  BodyHandlers.ofString(StandardCharsets.UTF_8), ExternalTokens.MAX_BYTES));
      HttpResponse<String> response = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != 200) {
        throw new IOException(
            "tried to read " + address + " but it answered with " + response.statusCode());
      }
      return response.body();
    } catch (ExecutionException e) {
      throw new IOException("tried to read " + address + " but " + reason(e.getCause()), e);
    } catch (TimeoutException e) {
      throw new IOException("tried to read " + address + " but it did not answer", e);
    } finally {
      client.shutdownNow();
    }
  }

  private static String reason(@Nullable Throwable cause) {
    return cause == null || cause.getMessage() == null
        ? "it did not answer"
        : "it did not answer: " + cause.getMessage();
  }

  private HttpClient client() throws IOException {
    HttpClient.Builder client =
        HttpClient.newBuilder().connectTimeout(PATIENCE).followRedirects(HttpClient.Redirect.NEVER);
    try {
      return authorities == null
          ? client.build()
          : client.sslContext(believing(ExternalTokens.bounded(authorities))).build();
    } catch (GeneralSecurityException e) {
      throw new IOException("tried to read " + authorities + " but it holds no certificate", e);
    }
  }

  private static SSLContext believing(byte[] pem) throws IOException, GeneralSecurityException {
    Collection<? extends Certificate> certificates =
        CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("authority" + store.size(), certificate);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
