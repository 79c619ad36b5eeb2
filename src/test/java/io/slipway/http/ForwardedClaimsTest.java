package io.slipway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedClaimsTest {
  private static final TrustedProxies PROXIES =
      TrustedProxies.find(List.of("10.0.0.0/8")).orElseThrow();

  /** Each header is a line {@code name: value}. */
  private static String claimed(String headers) {
    MultiMap map = MultiMap.caseInsensitiveMultiMap();
    for (String header : headers.split("&", -1)) {
      int colon = header.indexOf(':');
      map.add(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
    }
    ForwardedClaims claims = ForwardedClaims.of(map, PROXIES);
    return claims.scheme().orElse("-") + " " + claims.host().orElse("-");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-Host: r.io | - r.io",
        "X-Forwarded-Host: r.io & X-Forwarded-Proto: HTTPS | https r.io",
        "X-Forwarded-Host: r.io & X-Forwarded-Port: 8443 & X-Forwarded-Proto: https | https r.io:8443",
        "X-Forwarded-Host: r.io & X-Forwarded-Port: 443 & X-Forwarded-Proto: https | https r.io",
        "X-Forwarded-Host: r.io & X-Forwarded-Port: 80 | - r.io",
        "X-Forwarded-Host: r.io:5000 & X-Forwarded-Port: 80 | - r.io:5000",
        "X-Forwarded-Host: r.io & X-Forwarded-Port: a | - r.io",
        "X-Forwarded-Host: [2001:db8::1]:5000 | - [2001:db8::1]:5000",
        "X-Forwarded-For: 192.0.2.1 & X-Forwarded-Proto: https | https -",
        "Forwarded: for=192.0.2.1;proto=https;host=\"r.io:444\" | https r.io:444",
        "Forwarded: For=192.0.2.1; Proto=HTTPS ;HOST=r.io | https r.io",
        "Forwarded: for=192.0.2.1 | - -",
        "X-Other: r.io | - -",
      })
  void readsWhatAProxyWrites(String headers, String claimed) {
    assertThat(claimed(headers)).isEqualTo(claimed);
  }

  /** The client's own words stand to the left of what the proxy adds. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-Host: evil.example, r.io | - r.io",
        "X-Forwarded-Host: evil.example & X-Forwarded-Host: r.io | - r.io",
        "X-Forwarded-Proto: http, https & X-Forwarded-Host: r.io | https r.io",
        "X-Forwarded-For: 10.9.9.9, 192.0.2.1 & X-Forwarded-Host: evil.example, r.io | - r.io",
        "Forwarded: for=192.0.2.9;proto=http;host=evil.example, for=192.0.2.1;proto=https;host=r.io | https r.io",
        "Forwarded: host=evil.example & Forwarded: for=192.0.2.1;host=r.io | - r.io",
        "Forwarded: for=10.9.9.9;host=evil.example, for=unknown;host=r.io | - r.io",
        "Forwarded: host=evil.example, for=192.0.2.1 | - -",
      })
  void believesNothingAClientAddedInFront(String headers, String claimed) {
    assertThat(claimed(headers)).isEqualTo(claimed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-For: 192.0.2.1, 10.0.0.2 & X-Forwarded-Host: r.io, inner | - r.io",
        "X-Forwarded-For: 192.0.2.1, 10.0.0.2 & X-Forwarded-Host: evil.example, r.io, inner | - r.io",
        "X-Forwarded-For: 192.0.2.1, 10.0.0.3, 10.0.0.2 & X-Forwarded-Host: r.io | - r.io",
        "Forwarded: for=192.0.2.1;host=r.io, for=10.0.0.2;host=inner | - r.io",
        "Forwarded: host=evil.example, for=192.0.2.1;host=r.io, for=\"10.0.0.2:99\";host=inner | - r.io",
        "Forwarded: for=192.0.2.1, for=10.0.0.2;host=inner | - inner",
      })
  void takesTheWordOfTheOutermostTrustedProxy(String headers, String claimed) {
    assertThat(claimed(headers)).isEqualTo(claimed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-For: 192.0.2.1 & Forwarded: for=192.0.2.1;host=evil.example;proto=http | - -",
        "X-Forwarded-Host: r.io & Forwarded: host=evil.example | - -",
        "X-Forwarded-Host: R.io & X-Forwarded-Proto: https & Forwarded: host=r.io;proto=https | https R.io",
        "X-Forwarded-Host: r.io & X-Forwarded-Proto: https & Forwarded: host=r.io;proto=http | - r.io",
      })
  void believesOfTwoKindsOnlyWhatBothSay(String headers, String claimed) {
    assertThat(claimed(headers)).isEqualTo(claimed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-Forwarded-Host: a/b@c & X-Forwarded-Proto: javascript | - -",
        "X-Forwarded-Host: r.io\",service=\"x | - -",
        "X-Forwarded-Host: r io | - -",
        "X-Forwarded-Host: r.io, | - -",
        "Forwarded: host=\"\";proto=\"\" | - -",
        "Forwarded: host=r.io?x | - -",
      })
  void takesNoHostThatIsNone(String headers, String claimed) {
    assertThat(claimed(headers)).isEqualTo(claimed);
  }

  @Test
  void takesNoHostThatIsTooLong() {
    assertThat(claimed("X-Forwarded-Host: " + "a".repeat(261))).isEqualTo("- " + "a".repeat(261));
    assertThat(claimed("X-Forwarded-Host: " + "a".repeat(262))).isEqualTo("- -");
  }
}
