package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.runtime.ConfigException;
import io.slipway.runtime.ConfigSources;
import io.slipway.runtime.ConfigSources.Flag;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a setting that is an address with a password, and wrong. */
class WrongAddressTest {
  private static void load(Map<String, String> settings) {
    Map<String, Flag> flags =
        settings.entrySet().stream()
            .collect(
                Collectors.toMap(
                    setting -> "--" + setting.getKey(),
                    setting -> new Flag(setting.getKey(), setting.getValue())));
    RegistryConfig.loader().load(new ConfigSources(null, Map.of(), flags));
  }

  @ParameterizedTest
  @CsvSource({
    "https://ann:p4ss@x/jwks, https://x/t, jwks",
    "https://ann:p4ss/w@x/jwks, https://x/t, jwks",
    "//ann:p4ss@x://, https://x/t, jwks",
    "https://x/jwks, https://ann:p4ss@x/t, realm",
    "https://x/jwks, https://ann:p4ss@x y/t, realm",
    "https://x/jwks, 'https:ann:p4ss@x@x/t', realm"
  })
  void isRefusedForATokenServer(String jwks, String realm, String key) {
    String prefix = "auth.token.external.";
    ConfigException problem =
        catchThrowableOfType(
            ConfigException.class,
            () ->
                load(Map.of("auth.mode", "token", prefix + "jwks", jwks, prefix + "realm", realm)));
    assertThat(problem.problems()).anyMatch(each -> each.contains(prefix + key + ": \""));
    assertThat(problem.getMessage()).contains("(redacted)@x").doesNotContain("p4ss");
  }

  /** Whatever a setting is for: what is not understood may be an address with a password. */
  @ParameterizedTest
  @ValueSource(strings = {"http.external_url", "storage.s3.endpoint", "gc.schedule", "http.port"})
  void showsNoPassword(String key) {
    assertThatThrownBy(() -> load(Map.of(key, "ftp://ann:p4ss@registry.lan/x")))
        .hasMessageContaining(key + ": \"ftp://(redacted)@registry.lan/x\" but expected")
        .message()
        .doesNotContain("p4ss");
  }
}
