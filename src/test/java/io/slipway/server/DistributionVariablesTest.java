package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.auth.AuthConfig;
import io.slipway.auth.token.TokenConfig;
import io.slipway.http.TlsConfig;
import io.slipway.runtime.ConfigException;
import io.slipway.runtime.ConfigLoader.Loaded;
import io.slipway.runtime.ConfigSources;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts with what services of {@code registry:2} have in their environment. */
class DistributionVariablesTest {
  private static Loaded<RegistryConfig> load(String... variables) {
    Map<String, String> environment = new HashMap<>();
    for (String variable : variables) {
      int equals = variable.indexOf('=');
      environment.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    return RegistryConfig.load(new ConfigSources(null, environment, Map.of()));
  }

  @Test
  void takesTheUsualService() {
    Loaded<RegistryConfig> loaded =
        load(
            "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=/data",
            "REGISTRY_STORAGE_DELETE_ENABLED=true",
            "REGISTRY_STORAGE=filesystem",
            "REGISTRY_HTTP_RELATIVEURLS=true",
            "REGISTRY_HTTP_HOST=https://registry.example.org",
            "REGISTRY_HTTP_TLS_CERTIFICATE=/certs/cert.pem",
            "REGISTRY_HTTP_TLS_KEY=/certs/key.pem",
            "REGISTRY_LOG_LEVEL=fatal",
            "REGISTRY_LOG_FORMATTER=logstash",
            "REGISTRY_AUTH=");
    RegistryConfig config = loaded.config();
    assertThat(loaded.warnings()).isEmpty();
    assertThat(config.storage().path()).isEqualTo(Path.of("/data"));
    assertThat(config.storage().delete().enabled()).isTrue();
    assertThat(config.http().relativeUrls()).isTrue();
    assertThat(config.http().host()).isEqualTo("127.0.0.1");
    assertThat(config.http().externalUrl()).isEqualTo(URI.create("https://registry.example.org"));
    assertThat(config.http().tls().isPresent()).isTrue();
    assertThat(config.log()).isEqualTo(new LogConfig(LogConfig.Level.ERROR, LogConfig.Format.JSON));
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0:5001, 0.0.0.0, 5001",
    "':5001', 0.0.0.0, 5001",
    "localhost:5001, localhost, 5001",
    "'[::1]:5001', ::1, 5001"
  })
  void takesAnAddressApart(String address, String host, int port) {
    Loaded<RegistryConfig> loaded =
        load("REGISTRY_HTTP_ADDR=" + address, "REGISTRY_AUTH_MODE=none");
    assertThat(loaded.warnings()).isEmpty();
    assertThat(loaded.config().http().host()).isEqualTo(host);
    assertThat(loaded.config().http().port()).isEqualTo(port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"S=[/certs/ca.pem]", "S=\"/certs/ca.pem\"", "S_0=/certs/ca.pem"})
  void asksForTheCertificatesThatItAskedFor(String authorities) {
    Loaded<RegistryConfig> loaded =
        load(
            "REGISTRY_HTTP_TLS_CERTIFICATE=/certs/cert.pem",
            "REGISTRY_HTTP_TLS_KEY=/certs/key.pem",
            "REGISTRY_HTTP_TLS_CLIENTCA" + authorities,
            "REGISTRY_HTTP_TLS_MINIMUMTLS=tls1.3");
    TlsConfig tls = loaded.config().http().tls();
    assertThat(loaded.warnings()).isEmpty();
    assertThat(tls.clientCa()).isEqualTo(Path.of("/certs/ca.pem"));
    assertThat(tls.clientAuth()).isEqualTo(TlsConfig.ClientAuth.REQUIRED);
    assertThat(tls.minVersion()).isEqualTo("1.3");
  }

  @Test
  void believesSlipwaysOwnVariablesFirst() {
    RegistryConfig config =
        load(
                "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=/theirs",
                "REGISTRY_STORAGE_PATH=/ours",
                "REGISTRY_HTTP_ADDR=127.0.0.2:1",
                "REGISTRY_HTTP_HOST=127.0.0.3",
                "PORT=3",
                "REGISTRY_LOG_FORMATTER=json",
                "REGISTRY_LOG_FORMAT=text")
            .config();
    assertThat(config.storage().path()).isEqualTo(Path.of("/ours"));
    assertThat(config.http().host()).isEqualTo("127.0.0.3");
    assertThat(config.http().port()).isEqualTo(3);
    assertThat(config.log().format()).isEqualTo(LogConfig.Format.TEXT);
  }

  @ParameterizedTest
  @CsvSource({
    "REGISTRY_HTTP_SECRET=x",
    "REGISTRY_HTTP_ADDR=unix",
    "REGISTRY_HTTP_DEBUG_ADDR=:5001",
    "REGISTRY_HTTP_HEADERS_Access-Control-Allow-Origin=[*]",
    "REGISTRY_PROXY_REMOTEURL=https://registry-1.docker.io",
    "REGISTRY_STORAGE_CACHE_BLOBDESCRIPTOR=inmemory",
    "REGISTRY_STORAGE_MAINTENANCE_UPLOADPURGING_ENABLED=false",
    "REGISTRY_VALIDATION_DISABLED=true"
  })
  void warnsOfWhatItCannotDo(String variable) {
    assertThat(load(variable).warnings())
        .singleElement()
        .asString()
        .contains(variable.substring(0, variable.indexOf('=')) + " sets nothing");
  }

  /** Left out, these would open a registry that was closed, or keep its data elsewhere. */
  @ParameterizedTest
  @CsvSource({
    "REGISTRY_AUTH=silly, auth.mode: \"silly\"",
    "REGISTRY_STORAGE=s3, storage.s3.bucket: it is not set",
    "REGISTRY_STORAGE=inmemory, storage.backend: \"inmemory\""
  })
  void refusesWhatItMustNotLeaveOut(String variable, String sentence) {
    ConfigException problem =
        catchThrowableOfType(ConfigException.class, () -> load(variable, "REGISTRY_HTTP_PORT=0"));
    assertThat(problem.problems()).singleElement().asString().startsWith(sentence);
  }

  /** There, everybody of the file may do everything. */
  @Test
  void takesUsersOfAFile() {
    AuthConfig auth =
        load("REGISTRY_AUTH=htpasswd", "REGISTRY_AUTH_HTPASSWD_PATH=/auth/htpasswd")
            .config()
            .auth();
    assertThat(auth.mode()).isEqualTo(AuthConfig.Mode.BASIC);
    assertThat(auth.htpasswd().path()).isEqualTo(Path.of("/auth/htpasswd"));
    assertThat(auth.signedIn()).containsExactly("pull", "push", "delete");
  }

  private static final String[] TOKEN_SERVER = {
    "REGISTRY_AUTH=token",
    "REGISTRY_AUTH_TOKEN_REALM=https://auth.example.org/token",
    "REGISTRY_AUTH_TOKEN_SERVICE=registry.example.org",
    "REGISTRY_AUTH_TOKEN_ISSUER=auth.example.org",
    "REGISTRY_AUTH_TOKEN_ROOTCERTBUNDLE=/certs/bundle.pem"
  };

  /** There, tokens always come from another server. */
  @Test
  void believesTheTokensOfAnotherServer() {
    AuthConfig auth = load(TOKEN_SERVER).config().auth();
    assertThat(auth.mode()).isEqualTo(AuthConfig.Mode.TOKEN);
    assertThat(auth.token().external())
        .isEqualTo(
            new TokenConfig.External(
                "auth.example.org",
                null,
                null,
                Path.of("/certs/bundle.pem"),
                URI.create("https://auth.example.org/token"),
                "registry.example.org"));
    assertThat(auth.token().service()).as("of its own server").isEqualTo("slipway");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void refusesATokenServerOfWhichSomethingIsMissing(int missing) {
    String[] some =
        IntStream.range(0, TOKEN_SERVER.length)
            .filter(i -> i != missing)
            .mapToObj(i -> TOKEN_SERVER[i])
            .toArray(String[]::new);
    ConfigException problem = catchThrowableOfType(ConfigException.class, () -> load(some));
    assertThat(problem.problems()).singleElement().asString().startsWith("auth.token.external.");
  }
}
