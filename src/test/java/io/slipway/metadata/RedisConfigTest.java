package io.slipway.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.runtime.ConfigException;
import io.slipway.runtime.ConfigLoader;
import io.slipway.runtime.ConfigSources;
import io.slipway.runtime.ConfigSources.Flag;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisConfigTest {
  private final ConfigLoader<RedisConfig> loader =
      new ConfigLoader<>(RedisConfig.class, "REDIS_", Set.of());

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "timeout=1ms | a time from 5ms to 5s",
        "ttl=0s | a time from 1s to 365d",
        "largest=5MiB | a size from 1KiB to 4MiB",
      })
  void refuses(String settings, String sentence) {
    Map<String, Flag> flags = new HashMap<>();
    for (String setting : settings.split(" ", -1)) {
      String[] parts = setting.split("=", 2);
      flags.put("--" + parts[0], new Flag(parts[0], parts[1]));
    }
    ConfigException problem =
        catchThrowableOfType(
            ConfigException.class,
            () -> loader.load(new ConfigSources(null, Map.of(), flags)).config());
    assertThat(problem.problems())
        .singleElement()
        .asString()
        .contains(sentence)
        .doesNotContain("hunter2");
  }
}
