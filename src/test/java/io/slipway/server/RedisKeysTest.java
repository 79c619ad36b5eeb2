package io.slipway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.runtime.ConfigException;
import io.slipway.runtime.ConfigSources;
import io.slipway.runtime.ConfigSources.Flag;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where Redis is and how it is used stand in two sections, which must go together. */
class RedisKeysTest {
  private static final String URL = "storage.cache.type=redis storage.cache.redis_url=";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "redis://:hunter2@h:x | redis_url: (redacted) but expected hosts or host:port",
        "redis://u@h | redis.password: it is not set but expected a password, because storage.cache",
        "redis://h redis.sentinel_password=hunter2 | names no sentinels",
        "redis://h redis.authority=/ca | does not begin with rediss",
        "redis://h redis.tls.certificate=/c redis.tls.key=/k | does not begin with rediss",
      })
  void refusesWhatDoesNotFitTheUrl(String settings, String sentence) {
    assertThat(problem(URL + settings)).contains(sentence).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "storage.cache.type=redis | storage.cache.redis_url: it is not set but expected where Redis",
        "storage.cache.redis_url=redis://:hunter2@h | (redacted) but expected type: redis with it",
        "redis.password=hunter2 | redis.password: (redacted) but expected no password, because",
      })
  void refusesHalfAConfiguration(String settings, String sentence) {
    assertThat(problem(settings)).contains(sentence).doesNotContain("hunter2");
  }

  private static String problem(String settings) {
    Map<String, Flag> flags = new HashMap<>();
    for (String setting : settings.split(" ", -1)) {
      String[] parts = setting.split("=", 2);
      flags.put("--" + parts[0], new Flag(parts[0], parts[1]));
    }
    ConfigException refused =
        catchThrowableOfType(
            ConfigException.class,
            () -> RegistryConfig.loader().load(new ConfigSources(null, Map.of(), flags)).config());
    assertThat(refused.problems()).hasSize(1);
    return refused.problems().getFirst();
  }
}
