package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.runtime.ConfigSources;
import io.slipway.runtime.ConfigSources.Flag;
import io.slipway.testing.TestCertificate;
import io.slipway.testing.TestRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The registry with a certificate of its own. */
class HttpsIT {
  @TempDir Path folder;

  private TestCertificate certificate;
  private TestRegistry registry;

  @BeforeEach
  void start() throws Exception {
    certificate = TestCertificate.make(folder, "localhost");
    registry =
        TestRegistry.start(
            folder.resolve("data"),
            "http.tls.certificate",
            certificate.certificate().toString(),
            "http.tls.key",
            certificate.key().toString());
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

  @Test
  void isHealthyToItsOwnProbeOnly() {
    Map<String, Flag> flags =
        Map.of(
            "--port",
            new Flag("http.port", Integer.toString(registry.port())),
            "--certificate",
            new Flag("http.tls.certificate", certificate.certificate().toString()),
            "--key",
            new Flag("http.tls.key", certificate.key().toString()));
    RegistryConfig config =
        RegistryConfig.loader().load(new ConfigSources(null, Map.of(), flags)).config();
    assertThat(HealthProbe.ask(config)).isEmpty();
    assertThat(HealthProbe.ask(config.healthAddress()))
        .hasValueSatisfying(
            problem -> assertThat(problem).startsWith("tried to ask https://127.0.0.1:"));
  }
}
