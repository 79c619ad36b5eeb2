package io.slipway.blob.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

final class RecentBytesTest {
  private final RecentBytes bytes = new RecentBytes();

  private void add(String... parts) {
    for (String part : parts) {
      bytes.add(Buffer.buffer(part));
    }
  }

  @Test
  void hasNothingAtFirst() {
    assertThat(bytes.end()).isZero();
    assertThat(bytes.read(0, 10)).isNull();
  }

  @Test
  void readsAcrossWhatCame() {
    add("ab", "cdef", "g");
    assertThat(bytes.end()).isEqualTo(7);
    assertThat(bytes.read(0, 100)).hasToString("abcdefg");
    assertThat(bytes.read(1, 2)).hasToString("bc");
    assertThat(bytes.read(3, 2)).hasToString("de");
    assertThat(bytes.read(5, 9)).hasToString("fg");
    assertThat(bytes.read(7, 1)).isNull();
  }

  @Test
  void readsTheSameForEverybody() {
    add("abc", "def");
    assertThat(bytes.read(2, 2)).hasToString("cd");
    assertThat(bytes.read(2, 2)).hasToString("cd");
  }

  @Test
  void forgetsOnlyWhatLiesBeforeAPositionInWhole() {
    add("abc", "def", "ghi");
    bytes.forgetBefore(5);
    assertThat(bytes.read(2, 1)).isNull();
    assertThat(bytes.read(3, 9)).hasToString("defghi");
    bytes.forgetBefore(6);
    assertThat(bytes.read(5, 1)).isNull();
    assertThat(bytes.read(7, 1)).hasToString("h");
    bytes.forgetBefore(9);
    assertThat(bytes.read(8, 1)).isNull();
    assertThat(bytes.end()).isEqualTo(9);
    add("jk");
    assertThat(bytes.read(9, 5)).hasToString("jk");
  }
}
