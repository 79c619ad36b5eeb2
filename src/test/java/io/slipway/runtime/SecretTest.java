package io.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretTest {
  @Test
  void showsItselfOnlyWhenAsked() {
    assertThat(Secret.of("swordfish")).hasToString("(redacted)");
    assertThat(Secret.of("swordfish").reveal()).isEqualTo("swordfish");
  }

  @Test
  void comparesValues() {
    assertThat(Secret.of("a")).isEqualTo(Secret.of("a")).hasSameHashCodeAs(Secret.of("b"));
    assertThat(Secret.of("a")).isNotEqualTo(Secret.of("b")).isNotEqualTo("a");
  }
}
