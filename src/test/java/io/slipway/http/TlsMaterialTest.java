package io.slipway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.http.TlsConfig.ClientAuth;
import io.slipway.http.TlsConfig.ClientName;
import io.slipway.testing.TestCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsMaterialTest {
  @TempDir static Path folder;
  private static final Vertx VERTX = Vertx.vertx();
  private static TestCertificate one;
  private static TestCertificate other;
  private static TestCertificate rsa;

  @BeforeAll
  static void make() throws Exception {
    one = TestCertificate.make(Files.createDirectory(folder.resolve("one")), "one.lan");
    other = TestCertificate.make(Files.createDirectory(folder.resolve("other")), "other.lan");
    rsa = one.issue("rsa", "CN=rsa.lan", "-keyalg", "RSA");
  }

  @AfterAll
  static void close() throws Exception {
    VERTX.close().await(10, TimeUnit.SECONDS);
  }

  static TlsConfig config(Path certificate, Path key, @Nullable Path authority) {
    return new TlsConfig(
        certificate,
        key,
        "1.2",
        authority,
        authority == null ? ClientAuth.NONE : ClientAuth.REQUIRED,
        ClientName.CN,
        Duration.ZERO);
  }

  private static X509Certificate check(Path certificate, Path key, @Nullable Path authority)
      throws Exception {
    return TlsMaterial.read(config(certificate, key, authority)).check(VERTX);
  }

  private static void refuses(
      Path certificate, Path key, @Nullable Path authority, String sentence) {
    assertThatThrownBy(() -> check(certificate, key, authority))
        .isInstanceOf(TlsMaterial.TlsException.class)
        .hasMessageMatching("(?s)tried to .* but .*")
        .hasMessageContaining(sentence);
  }

  /** The first bytes of a file, as one sees it that is being written. */
  private static Path half(Path file) throws Exception {
    String text = Files.readString(file);
    return Files.writeString(
        Files.createTempFile(folder, "half", ".pem"), text.substring(0, text.length() / 2));
  }

  @Test
  void acceptsWhatFits() throws Exception {
    assertThat(check(one.certificate(), one.key(), other.certificate())).isEqualTo(one.x509());
    assertThat(check(rsa.certificate(), rsa.key(), null)).isEqualTo(rsa.x509());
  }

  @Test
  void readsAChainThatBeginsWithTheServer() throws Exception {
    String own = "# the server\n" + Files.readString(rsa.certificate());
    Path chain =
        Files.writeString(folder.resolve("chain.pem"), own + Files.readString(one.certificate()));
    assertThat(check(chain, rsa.key(), null)).isEqualTo(rsa.x509());
    Path wrongOrder =
        Files.writeString(folder.resolve("wrong.pem"), Files.readString(one.certificate()) + own);
    refuses(wrongOrder, rsa.key(), null, "fits");
  }

  @Test
  void tellsWhatDoesNotFit() throws Exception {
    String mismatch = "it does not belong to the first certificate of " + one.certificate();
    refuses(one.certificate(), other.key(), null, mismatch);
    refuses(one.certificate(), other.key(), null, "CN=one.lan (serial number ");
    refuses(one.certificate(), rsa.key(), null, "fits");
    refuses(rsa.certificate(), one.key(), null, "fits");
  }

  @Test
  void tellsWhatIsBroken() throws Exception {
    Path empty = Files.createFile(folder.resolve("empty.pem"));
    refuses(half(one.certificate()), one.key(), null, "it is not a PEM file of certificates");
    refuses(one.certificate(), half(one.key()), null, "the PEM file of a key");
    refuses(empty, one.key(), null, "there is no certificate in it");
    refuses(one.key(), one.key(), null, "TLS certificate " + one.key());
    refuses(one.certificate(), empty, null, "the PEM file of a key");
    refuses(one.certificate(), one.key(), empty, "client authorities " + empty);
    refuses(one.certificate(), one.key(), half(one.certificate()), "client authorities");
  }

  @Test
  void tellsWhatIsMissing() {
    refuses(folder.resolve("none"), one.key(), null, "read the TLS certificate " + folder);
    refuses(one.certificate(), folder, null, "there is no such file");
  }

  @Test
  void saysNothingOfTheKey() throws Exception {
    String secret = Files.readString(one.key()).substring(30, 60);
    assertThatThrownBy(() -> check(one.certificate(), half(one.key()), null))
        .message()
        .doesNotContain(secret);
  }

  @Test
  void knowsTheTimeOfACertificate() throws Exception {
    TlsMaterial material = TlsMaterial.read(config(one.certificate(), one.key(), null));
    X509Certificate own = one.x509();
    Instant begin = own.getNotBefore().toInstant();
    Instant end = own.getNotAfter().toInstant();
    material.checkTime(own, begin);
    material.checkTime(own, end);
    assertThatThrownBy(() -> material.checkTime(own, begin.minusSeconds(1)))
        .hasMessageEndingWith("but it is valid only from " + begin + " on");
    assertThatThrownBy(() -> material.checkTime(own, end.plusSeconds(1)))
        .hasMessageEndingWith("but it expired at " + end);
  }

  @Test
  void asksClientsOnlyWhereItIsTold() throws Exception {
    TlsMaterial material =
        TlsMaterial.read(config(one.certificate(), one.key(), other.certificate()));
    HttpServerOptions main = material.secure(new HttpServerOptions(), true);
    assertThat(main.getClientAuth()).isEqualTo(io.vertx.core.http.ClientAuth.REQUIRED);
    HttpServerOptions ops = material.secure(new HttpServerOptions(), false);
    assertThat(ops.getClientAuth()).isEqualTo(io.vertx.core.http.ClientAuth.NONE);
    assertThat(ops.getTrustOptions()).isNull();
  }
}
