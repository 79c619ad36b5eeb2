package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.runtime.ConfigSources;
import io.slipway.runtime.ConfigSources.Flag;
import io.slipway.testing.TestCertificate;
import io.slipway.testing.TestRegistry;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks a registry with a certificate of its own whether it is well. */
class HealthProbeIT {
  @TempDir Path folder;

  @Test
  void believesTheCertificateThatIsConfiguredAndNoOther() throws Exception {
    TestCertificate certificate = TestCertificate.make(folder, "localhost");
    String chain = certificate.certificate().toString();
    String key = certificate.key().toString();
    try (TestRegistry registry =
        TestRegistry.start(
            folder.resolve("data"), "http.tls.certificate", chain, "http.tls.key", key)) {
      Map<String, Flag> flags =
          Map.of(
              "--port", new Flag("http.port", Integer.toString(registry.port())),
              "--certificate", new Flag("http.tls.certificate", chain),
              "--key", new Flag("http.tls.key", key));
      RegistryConfig config =
          RegistryConfig.loader().load(new ConfigSources(null, Map.of(), flags)).config();
      assertThat(HealthProbe.ask(config)).isEmpty();
      assertThat(HealthProbe.ask(config.healthAddress()))
          .hasValueSatisfying(
              problem -> assertThat(problem).startsWith("tried to ask https://127.0.0.1:"));
    }
  }
}
