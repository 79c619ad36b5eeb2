package io.slipway.auth.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.runtime.Secret;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecentTokensTest {
  private static final VerifiedToken ONE = verified("one");
  private static final VerifiedToken OTHER = verified("other");

  private final RecentTokens tokens = new RecentTokens();

  private static VerifiedToken verified(String subject) {
    TokenAccess nothing = new TokenAccess(Map.of(), false);
    return new VerifiedToken(
        new TokenClaims(subject, "", nothing, Instant.EPOCH, Optional.empty()), () -> true);
  }

  @Test
  void findsWhatWasAdded() {
    assertThat(tokens.find(Secret.of("a.b.c"))).isNull();
    tokens.add(Secret.of("a.b.c"), ONE);
    assertThat(tokens.find(Secret.of("a.b.c"))).isSameAs(ONE);
    assertThat(tokens.find(Secret.of("a.b.d"))).isNull();
    assertThat(tokens.find(Secret.of("a.b.c."))).isNull();
  }

  /** Both texts have one hash, so one place. */
  @Test
  void doesNotTakeOneForAnother() {
    tokens.add(Secret.of("Aa"), ONE);
    assertThat(tokens.find(Secret.of("BB"))).isNull();
    tokens.add(Secret.of("BB"), OTHER);
    assertThat(tokens.find(Secret.of("BB"))).isSameAs(OTHER);
    assertThat(tokens.find(Secret.of("Aa"))).isNull();
  }

  @Test
  void keepsNoLongOnes() {
    tokens.add(Secret.of("a".repeat(2048)), ONE);
    tokens.add(Secret.of("a".repeat(2049)), ONE);
    assertThat(tokens.find(Secret.of("a".repeat(2048)))).isSameAs(ONE);
    assertThat(tokens.find(Secret.of("a".repeat(2049)))).isNull();
  }
}
