package io.slipway.http;

import io.slipway.runtime.Checks;
import io.slipway.runtime.Default;
import io.slipway.runtime.Doc;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Configures HTTPS: what the server shows, and whom it asks to show a certificate. */
public record TlsConfig(
    @Doc("PEM file of the certificate and its chain; read again when it changes.")
        @Nullable Path certificate,
    @Doc("PEM file of the certificate's private key.") @Nullable Path key,
    @Doc("Oldest version of TLS that is spoken: 1.2 or 1.3.") @Default("1.2") String minVersion,
    @Doc("PEM file of the authorities whose clients are let in; read again when it changes.")
        @Nullable Path clientCa,
    @Doc("Whether clients must show a certificate; request lets in those that show none.")
        @Default("none")
        ClientAuth clientAuth,
    @Doc(
            "What of a client's certificate is its name: the subject's CN, or the first subject alternative name of a kind.")
        @Default("cn")
        ClientName clientName,
    @Doc(
            "For how long a browser that came by HTTPS uses nothing else for this host (Strict-Transport-Security), whatever the port; never said to localhost or an address, 0s to nobody.")
        @Default("365d")
        Duration hsts) {
  /** Whether clients show a certificate. */
  public enum ClientAuth {
    NONE,
    REQUEST,
    REQUIRED
  }

  /** Where in a certificate the name of a client is. */
  public enum ClientName {
    CN,
    SAN_DNS,
    SAN_EMAIL,
    SAN_URI
  }

  public TlsConfig {
    new Checks()
        .that(certificate != null || key == null, "certificate", "a file, because tls.key is set")
        .that(key != null || certificate == null, "key", "a file, because tls.certificate is set")
        .that(minVersion.equals("1.2") || minVersion.equals("1.3"), "min_version", "1.2 or 1.3")
        .that(
            clientCa == null || certificate != null,
            "certificate",
            "a file, because tls.client_ca is set")
        .that(
            clientCa == null || clientAuth != ClientAuth.NONE,
            "client_auth",
            "request or required, because tls.client_ca is set")
        .that(
            clientCa != null || clientAuth == ClientAuth.NONE,
            "client_ca",
            "a file, because tls.client_auth is set")
        .range("hsts", hsts, Duration.ZERO, Duration.ofDays(3650))
        .done();
  }

  /** Tells whether there is a certificate to serve TLS with. */
  public boolean isPresent() {
    return certificate != null;
  }
}
