package io.slipway.runtime;

import io.vertx.core.net.PemKeyCertOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Names the files of a TLS certificate chain and its private key, both PEM; both or none. */
public record TlsFiles(
    @Doc("PEM file of the certificate and its chain.") @Nullable Path certificate,
    @Doc("PEM file of the certificate's private key.") @Nullable Path key) {
  public TlsFiles {
    new Checks()
        .that(certificate != null || key == null, "certificate", "a file, because tls.key is set")
        .that(key != null || certificate == null, "key", "a file, because tls.certificate is set")
        .done();
  }

  /** Tells whether there is a certificate to serve TLS with. */
  public boolean isPresent() {
    return certificate != null;
  }

  /**
   * Returns the files for a server or client of Vert.x; blocks for a moment to see that they are
   * there.
   *
   * @throws IllegalStateException when there are none, or one cannot be read
   */
  public PemKeyCertOptions options() {
    if (certificate == null || key == null) {
      throw new IllegalStateException("there is no certificate configured");
    }
    return new PemKeyCertOptions()
        .addCertPath(readable(certificate, "certificate"))
        .addKeyPath(readable(key, "private key"));
  }

  private static String readable(Path file, String what) {
    if (!Files.isReadable(file)) {
      throw new IllegalStateException(
          "tried to read the TLS " + what + " " + file + " but it is missing or not readable");
    }
    return file.toString();
  }
}
