package io.slipway.auth.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditTextTest {
  @Test
  void keepsWhatPeopleWrite() {
    assertThat(AuditText.of("ann@example.org", 256)).isEqualTo("ann@example.org");
    assertThat(AuditText.of("Jürgen 山田 \"x\" 😀", 256)).isEqualTo("Jürgen 山田 \"x\" 😀");
  }

  @Test
  void escapesWhatMovesACursorOrTurnsALine() {
    assertThat(AuditText.of("a\nb\u0000\u001b[2J\u202ex\u2028\u007f\ud800", 256))
        .isEqualTo("a\\u{a}b\\u{0}\\u{1b}[2J\\u{202e}x\\u{2028}\\u{7f}\\u{d800}");
    assertThat(AuditText.of("a\\u{a}", 256)).isEqualTo("a\\\\u{a}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "\n", "😀", "\ud800"})
  void cuts(String piece) {
    String shown = AuditText.of(piece.repeat(10_000), 256);
    assertThat(shown).endsWith("…").hasSizeBetween(200, 257);
    assertThat(AuditText.of(shown.substring(0, shown.length() - 1), 1000)).doesNotContain("d83d");
  }
}
