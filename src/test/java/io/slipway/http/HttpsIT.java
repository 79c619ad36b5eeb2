package io.slipway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.testing.TestCertificate;
import io.slipway.testing.TestRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The registry with a certificate of its own. */
class HttpsIT {
  @TempDir Path folder;

  private TestCertificate certificate;
  private TestRegistry registry;

  @BeforeEach
  void startWithCertificate() throws Exception {
    certificate = TestCertificate.make(folder, "localhost");
    registry = start();
  }

  private TestRegistry start(String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "http.tls.certificate",
                certificate.certificate().toString(),
                "http.tls.key",
                certificate.key().toString(),
                "http.allowed_hosts",
                "registry.example.org"));
    settings.addAll(List.of(more));
    return TestRegistry.start(folder.resolve("data"), settings.toArray(String[]::new));
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void speaksTheVersionThatTheClientChooses(Version version) throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder().version(version).sslContext(certificate.client()).build()) {
      URI uri = URI.create("https://localhost:" + registry.port() + "/v2/");
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.version()).isEqualTo(version);
      assertThat(answer.body()).contains("slipway");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "registry.example.org, true",
    "Registry.example.org:5000, true",
    "localhost, false",
    "LOCALHOST:5000, false",
    "box.localhost, false",
    "127.0.0.1:5000, false",
    "192.168.1.2, false",
    "[::1]:5000, false",
  })
  void tellsBrowsersToStayUnlessItIsThisMachine(String host, boolean told) throws Exception {
    for (String path : new String[] {"/v2/", "/v2/none/tags/list", "/livez", "/none", "/v2/%"}) {
      List<String> answer = head(path, host);
      assertThat(answer.contains("strict-transport-security: max-age=31536000"))
          .as("%s", answer)
          .isEqualTo(told);
    }
  }

  private List<String> head(String path, String host) throws Exception {
    try (SSLSocket socket = socket()) {
      String request = "HEAD %s HTTP/1.1\r\nConnection: close\r\nHost: %s\r\n\r\n";
      socket.getOutputStream().write(request.formatted(path, host).getBytes(US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
      return answer.toLowerCase(Locale.ROOT).lines().toList();
    }
  }

  private SSLSocket socket() throws Exception {
    SSLSocket socket =
        (SSLSocket)
            certificate.client().getSocketFactory().createSocket("127.0.0.1", registry.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  @Test
  void speaksNoWeakCipherSuite() throws Exception {
    List<String> spoken = new ArrayList<>();
    for (String suite : certificate.client().getSupportedSSLParameters().getCipherSuites()) {
      try (SSLSocket socket = socket()) {
        socket.setEnabledCipherSuites(new String[] {suite});
        socket.startHandshake();
        spoken.add(socket.getSession().getCipherSuite());
      } catch (IOException e) {
        // Refused, or of the kind that needs an RSA key.
      }
    }
    assertThat(spoken)
        .contains("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
        .allSatisfy(
            suite ->
                assertThat(suite)
                    .matches("TLS_(ECDHE_ECDSA_WITH_)?(AES|CHACHA20).*_(GCM|POLY1305)_.*"));
  }

  @Test
  void speaksTheOldestVersionThatIsAllowed() throws Exception {
    assertThat(version("TLSv1.2")).isEqualTo("TLSv1.2");
    assertThat(version("TLSv1.3")).isEqualTo("TLSv1.3");
    registry.close();
    registry = start("http.tls.min_version", "1.3", "http.tls.hsts", "0s");
    assertThat(version("TLSv1.3")).isEqualTo("TLSv1.3");
    assertThatThrownBy(() -> version("TLSv1.2")).isInstanceOf(SSLException.class);
    assertThat(head("/v2/", "registry.example.org"))
        .contains("http/1.1 200 ok")
        .noneMatch(line -> line.startsWith("strict-transport"));
  }

  private String version(String version) throws Exception {
    try (SSLSocket socket = socket()) {
      socket.setEnabledProtocols(new String[] {version});
      socket.startHandshake();
      return socket.getSession().getProtocol();
    }
  }
}
