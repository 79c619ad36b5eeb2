package io.slipway.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.testing.Eventually;
import io.slipway.testing.TestCertificate;
import io.slipway.testing.TestRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Puts other certificates under a registry that runs. */
class CertificateReloadIT {
  private static final int TIMEOUT_MILLIS = 20_000;

  @TempDir Path folder;
  private TestCertificate first;
  private TestCertificate second;
  private Path certificate;
  private Path key;
  private TestRegistry registry;

  @BeforeEach
  void start() throws Exception {
    first = TestCertificate.make(Files.createDirectory(folder.resolve("first")), "localhost");
    second = TestCertificate.make(Files.createDirectory(folder.resolve("second")), "localhost");
    // As Kubernetes mounts a secret: links to files in a folder that is itself a link.
    Files.createSymbolicLink(folder.resolve("data"), Path.of("first"));
    certificate =
        Files.createSymbolicLink(folder.resolve("tls.crt"), Path.of("data/certificate.pem"));
    key = Files.createSymbolicLink(folder.resolve("tls.key"), Path.of("data/key.pem"));
    registry =
        TestRegistry.start(
            folder.resolve("registry"),
            "http.tls.certificate",
            certificate.toString(),
            "http.tls.key",
            key.toString(),
            "ops.port",
            "0",
            "ops.tls",
            "true");
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  private void swap(String target) throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("new"), Path.of(target));
    Files.move(link, folder.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void newConnectionsGetTheNewCertificateAndOldOnesGoOn() throws Exception {
    try (SSLSocket running = connect(registry.port())) {
      assertThat(serial(running)).isEqualTo(first.x509().getSerialNumber());
      assertThat(get(running)).startsWith("HTTP/1.1 200");
      swap("second");
      loads(1);
      assertThat(serial(registry.port())).isEqualTo(second.x509().getSerialNumber());
      assertThat(serial(registry.opsUri("/").getPort())).isEqualTo(second.x509().getSerialNumber());
      assertThat(get(running)).startsWith("HTTP/1.1 200");
      assertThat(serial(running)).isEqualTo(first.x509().getSerialNumber());
    }
    assertThat(metric("slipway_tls_certificate_expiry_seconds"))
        .isEqualTo(second.x509().getNotAfter().toInstant().getEpochSecond());
    swap("first");
    serves(first);
  }

  @Test
  void everyEventLoopHasTheNewOne() throws Exception {
    swap("second");
    loads(1);
    for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
      assertThat(serial(registry.port())).isEqualTo(second.x509().getSerialNumber());
    }
  }

  @Test
  void keepsTheOldOneWhileTheNewOneIsBroken() throws Exception {
    Files.delete(certificate);
    Files.copy(second.certificate(), certificate);
    refusals(1);
    Files.delete(key);
    refusals(2);
    String half = Files.readString(second.key()).substring(0, 60);
    Files.writeString(key, half);
    refusals(3);
    TestCertificate expired =
        TestCertificate.make(
            Files.createDirectory(folder.resolve("expired")),
            "localhost",
            "-startdate",
            "-3d",
            "-validity",
            "1");
    Files.copy(expired.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(expired.key(), key, StandardCopyOption.REPLACE_EXISTING);
    Eventually.happens(
        "an expired one is refused",
        () -> metric("slipway_tls_reloads_total{outcome=\"refused\"}") >= 4);
    assertThat(serial(registry.port())).isEqualTo(first.x509().getSerialNumber());
    assertThat(metric("slipway_tls_reloads_total{outcome=\"loaded\"}")).isZero();
    assertThat(metric("slipway_tls_certificate_expiry_seconds"))
        .isEqualTo(first.x509().getNotAfter().toInstant().getEpochSecond());
    Files.copy(second.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(second.key(), key, StandardCopyOption.REPLACE_EXISTING);
    serves(second);
  }

  private void refusals(int count) throws Exception {
    Eventually.happens(
        count + " refusals",
        () -> metric("slipway_tls_reloads_total{outcome=\"refused\"}") == count);
    assertThat(serial(registry.port())).isEqualTo(first.x509().getSerialNumber());
  }

  /** Waits until every server of the registry has been given so many other certificates. */
  private void loads(int count) {
    Eventually.happens(
        count + " loaded", () -> metric("slipway_tls_reloads_total{outcome=\"loaded\"}") == count);
  }

  private void serves(TestCertificate expected) throws Exception {
    BigInteger serial = expected.x509().getSerialNumber();
    Eventually.happens("serves " + serial, () -> serial(registry.port()).equals(serial));
  }

  private BigInteger serial(int port) {
    try (SSLSocket socket = connect(port)) {
      return serial(socket);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static BigInteger serial(SSLSocket socket) throws IOException {
    return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
  }

  /** Believes the first and the second certificate only. */
  private SSLContext client() throws GeneralSecurityException {
    first.trust().setCertificateEntry("second", second.x509());
    return first.client();
  }

  private SSLSocket connect(int port) throws IOException, GeneralSecurityException {
    SSLSocket socket = (SSLSocket) client().getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.startHandshake();
    return socket;
  }

  /** Sends a request on a connection that stays open, and returns the first line of the answer. */
  private static String get(SSLSocket socket) throws IOException {
    socket
        .getOutputStream()
        .write("HEAD /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
    BufferedReader answer =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    String first = answer.readLine();
    for (String line = first; !line.isEmpty(); line = answer.readLine()) {
      assertThat(line).isNotNull();
    }
    return first;
  }

  private long metric(String name) {
    try (HttpClient client = HttpClient.newBuilder().sslContext(client()).build()) {
      URI uri = URI.create("https://localhost:" + registry.opsUri("/").getPort() + "/metrics");
      String text =
          client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
      Matcher line = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(text);
      assertThat(line.find()).as(name).isTrue();
      return (long) Double.parseDouble(line.group(1));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
