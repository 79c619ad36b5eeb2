package io.slipway.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4096, 4096",
    "5B, 5",
    "1kB, 1000",
    "16MB, 16000000",
    "1GiB, 1073741824",
    "1 gib, 1073741824",
    "1.5KiB, 1536",
    "2TB, 2000000000000",
    "1TiB, 1099511627776"
  })
  void readsUnits(String text, long bytes) {
    assertThat(DataSize.parse(text).bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-1", "1.5", "1XB", "GiB", "1 2", "9223372036854775808", "9999999TiB"})
  void refusesTheRest(String text) {
    assertThatThrownBy(() -> DataSize.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1000, 1024, 1536, 1 << 20, 3L << 40, Long.MAX_VALUE})
  void printsWhatItReadsBack(long bytes) {
    DataSize size = new DataSize(bytes);
    assertThat(DataSize.parse(size.toString())).isEqualTo(size);
  }

  @Test
  void isOrderedAndBounded() {
    assertThat(DataSize.ofMebibytes(1)).isGreaterThan(new DataSize(1)).hasToString("1MiB");
    assertThat(DataSize.ofMebibytes(2047).intBytes()).isEqualTo(2047 << 20);
    assertThatThrownBy(() -> DataSize.ofMebibytes(2048).intBytes())
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> new DataSize(-1)).isInstanceOf(IllegalArgumentException.class);
  }
}
