package io.slipway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.runtime.DataSize;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressTest {
  /** Only what this package's tests ask of a configuration differs from the defaults. */
  static HttpConfig config(List<String> proxies, RateLimitConfig limits) {
    return config(
        proxies,
        limits,
        new TlsConfig(
            null,
            null,
            "1.2",
            null,
            TlsConfig.ClientAuth.NONE,
            TlsConfig.ClientName.CN,
            Duration.ZERO));
  }

  static HttpConfig config(List<String> proxies, RateLimitConfig limits, TlsConfig tls) {
    return new HttpConfig(
        "127.0.0.1",
        0,
        null,
        false,
        proxies,
        Duration.ofSeconds(75),
        new DataSize(16 << 10),
        new DataSize(16 << 10),
        tls,
        limits,
        List.of(),
        List.of(),
        false);
  }

  private static String address(List<String> proxies, String peer, String... headers) {
    MultiMap map = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < headers.length; i += 2) {
      map.add(headers[i], headers[i + 1]);
    }
    return new ClientAddress(config(proxies, new RateLimitConfig(0, null, 0, null))).of(peer, map);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "192.0.2.1 | 192.0.2.1",
        "192.0.2.1, 10.0.0.2 | 192.0.2.1",
        // What a client makes up stands to the left of what the proxy saw.
        "198.51.100.9, 192.0.2.1 | 192.0.2.1",
        "198.51.100.9, 192.0.2.1, 10.0.0.2, 10.0.0.3 | 192.0.2.1",
        "10.0.0.9, 192.0.2.1 | 192.0.2.1",
        // All of them trusted: the first one is the client.
        "10.0.0.9, 10.0.0.8 | 10.0.0.9",
        // Garbage ends the list: what is left of it came from nobody knows where.
        "192.0.2.1, unknown | 10.0.0.1",
        "192.0.2.1, unknown, 10.0.0.2 | 10.0.0.2",
        "192.0.2.1, | 10.0.0.1",
        "registry.example.org | 10.0.0.1",
        "'' | 10.0.0.1",
        "192.0.2.1:4711 | 192.0.2.1",
        "[2001:db8::1]:4711 | 2001:db8:0:0:0:0:0:1",
        "2001:db8::1 | 2001:db8:0:0:0:0:0:1",
        "::ffff:192.0.2.1 | 192.0.2.1",
        "fe80::1%eth7 | fe80:0:0:0:0:0:0:1",
        "[2001:db8::1 | 10.0.0.1",
        "192.0.2.256 | 10.0.0.1"
      })
  void readsTheListFromItsEnd(String list, String client) {
    assertThat(address(List.of("10.0.0.0/8"), "10.0.0.1", "X-Forwarded-For", list))
        .isEqualTo(client);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "for=192.0.2.1 | 192.0.2.1",
        "for=192.0.2.1;proto=https;by=10.0.0.1 | 192.0.2.1",
        "proto=https; For=\"192.0.2.1:80\" | 192.0.2.1",
        "for=198.51.100.9, for=192.0.2.1 | 192.0.2.1",
        "for=192.0.2.1, for=10.0.0.7 | 192.0.2.1",
        "for=\"[2001:db8::1]:4711\" | 2001:db8:0:0:0:0:0:1",
        "for=_hidden | 10.0.0.1",
        "for=unknown, for=10.0.0.7 | 10.0.0.7",
        "by=192.0.2.1 | 10.0.0.1",
        // An open quote of the client's does not swallow what the proxy added.
        "for=\"198.51.100.9, for=192.0.2.1 | 192.0.2.1"
      })
  void readsTheStandardHeader(String list, String client) {
    assertThat(address(List.of("10.0.0.0/8"), "10.0.0.1", "Forwarded", list)).isEqualTo(client);
  }

  @Test
  void believesNobodyElse() {
    String[] headers = {"X-Forwarded-For", "192.0.2.1", "Forwarded", "for=192.0.2.1"};
    assertThat(address(List.of(), "10.0.0.1", headers)).isEqualTo("10.0.0.1");
    assertThat(address(List.of("10.0.0.2"), "10.0.0.1", headers)).isEqualTo("10.0.0.1");
    assertThat(address(List.of(), "fe80::1%eth7", headers)).isEqualTo("fe80::1");
  }

  @Test
  void takesSeveralLinesForOneList() {
    String[] headers = {"X-Forwarded-For", "198.51.100.9", "X-Forwarded-For", "192.0.2.1"};
    assertThat(address(List.of("10.0.0.1"), "10.0.0.1", headers)).isEqualTo("192.0.2.1");
  }

  @Test
  void believesNoneOfTwoThatDisagree() {
    assertThat(
            address(
                List.of("10.0.0.1"),
                "10.0.0.1",
                "X-Forwarded-For",
                "192.0.2.1",
                "Forwarded",
                "for=198.51.100.9"))
        .isEqualTo("10.0.0.1");
  }
}
