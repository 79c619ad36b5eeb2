package io.slipway.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.metadata.RedisUrl.Host;
import io.slipway.metadata.RedisUrl.Kind;
import io.slipway.runtime.Secret;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisUrlTest {
  @Test
  void shortest() {
    assertThat(RedisUrl.parse("redis://cache"))
        .isEqualTo(
            new RedisUrl(
                Kind.SINGLE, false, List.of(new Host("cache", 6379)), null, null, 0, null));
  }

  @Test
  void longest() {
    assertThat(RedisUrl.parse("rediss://a%40b:p%2F%20+@[::1]:7000/12"))
        .isEqualTo(
            new RedisUrl(
                Kind.SINGLE,
                true,
                List.of(new Host("::1", 7000)),
                "a@b",
                Secret.of("p/ +"),
                12,
                null));
  }

  @Test
  void sentinels() {
    assertThat(RedisUrl.parse("redis-sentinel://:secret@s1,s2:7,10.0.0.3/1?master=my%20cache"))
        .isEqualTo(
            new RedisUrl(
                Kind.SENTINEL,
                false,
                List.of(new Host("s1", 26379), new Host("s2", 7), new Host("10.0.0.3", 26379)),
                null,
                Secret.of("secret"),
                1,
                "my cache"));
  }

  @Test
  void cluster() {
    assertThat(RedisUrl.parse("rediss-cluster://u:p@n1,n2:6380/"))
        .isEqualTo(
            new RedisUrl(
                Kind.CLUSTER,
                true,
                List.of(new Host("n1", 6379), new Host("n2", 6380)),
                "u",
                Secret.of("p"),
                0,
                null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://h | redis://user:password@host:port/database",
        "redis:h | redis://user:password@host:port/database",
        "redis:// | redis://user:password@host:port/database",
        "redis://h/hunter2 | redis://user:password@host:port/database",
        "redis://h/0#hunter2 | redis://user:password@host:port/database",
        "redis://hunter2,h | one host, or redis-sentinel: or redis-cluster: before several",
        "redis://h:x | hosts or host:port, separated by commas",
        "redis://:hun%ter2@h | two hexadecimal digits after every %",
        "redis-cluster://h,,i | hosts or host:port, separated by commas",
        "redis-cluster://h/1 | no number of a database",
        "redis-sentinel://h | ?master=name at the end",
        "redis-sentinel://h?master= | ?master=name at the end",
        "redis-sentinel://h?master=m&password=hunter2 | ?master=name at the end",
        "redis://h?password=hunter2 | no parameters but the master of redis-sentinel:",
      })
  void refuses(String url, String expected) {
    IllegalArgumentException refusal =
        catchThrowableOfType(IllegalArgumentException.class, () -> RedisUrl.parse(url));
    assertThat(refusal).hasMessageContaining(expected).hasNoCause();
    assertThat(refusal.getMessage()).doesNotContain("hunter2");
  }
}
