package io.slipway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.runtime.Secret;
import io.slipway.server.NamedServer;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What carries a secret does not show it to a log or a debugger. */
class ShownSecretsTest {
  private static final String PLANTED = "planted-secret";
  private static final Secret SECRET = Secret.of(PLANTED);
  private static final AccessKeys.Fresh FRESH =
      AccessKeys.make("ci", "", Instant.EPOCH, Optional.empty());

  static Stream<Object> carriers() {
    return Stream.of(
        new AccountWish(
            Account.Kind.USER, "ann", Role.VIEWER, Optional.of(SECRET), "", Optional.empty()),
        AccountChange.password("ann", SECRET, OptionalLong.empty()),
        new AccessAdministration.Guess(new Credentials.Basic("ann", SECRET), "192.0.2.1"),
        NamedServer.signedIn(URI.create("http://localhost"), null, "ann", SECRET),
        FRESH);
  }

  @ParameterizedTest
  @MethodSource("carriers")
  void areRedacted(Object carrier) {
    assertThat(carrier.toString())
        .contains("(redacted)")
        .doesNotContain(PLANTED, FRESH.secret().reveal());
  }
}
