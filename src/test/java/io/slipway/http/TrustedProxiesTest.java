package io.slipway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.1.2, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "10.1.2.3/8, 10.9.9.9, true",
    "192.168.4.0/22, 192.168.7.255, true",
    "192.168.4.0/22, 192.168.8.0, false",
    "127.0.0.1, 127.0.0.1, true",
    "127.0.0.1, 127.0.0.2, false",
    "0.0.0.0/0, 8.8.8.8, true",
    "0.0.0.0/0, ::1, false",
    "fd00::/8, fdab::1, true",
    "fd00::/8, fe80::1, false",
    "::/0, 10.0.0.1, false",
    "10.0.0.0/8, ::ffff:10.0.0.1, true",
    "10.0.0.0/8, localhost, false",
    "10.0.0.0/8, '', false"
  })
  void comparesLeadingBits(String network, String address, boolean trusted) {
    assertThat(TrustedProxies.find(List.of(network)).orElseThrow().contains(address))
        .isEqualTo(trusted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8/8", "proxy", "::/129", ""})
  void refusesWhatIsNoNetwork(String text) {
    assertThat(TrustedProxies.find(List.of("::1", text))).isEmpty();
  }

  @Test
  void trustsNobodyByDefault() {
    assertThat(TrustedProxies.find(List.of()).orElseThrow().contains("127.0.0.1")).isFalse();
  }
}
