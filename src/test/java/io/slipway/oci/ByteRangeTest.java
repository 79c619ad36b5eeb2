package io.slipway.oci;

import static io.slipway.oci.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ByteRangeTest {
  private static final String HUGE = "99999999999999999999999";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0-0                                    | 0-0",
        "0-1023                                 | 0-1023",
        "bytes 0-1023/*                         | 0-1023",
        "bytes 512-1023/1024                    | 512-1023",
        "BYTES 0-1/*                            | 0-1",
        "0-999999999999999999                   | 0-999999999999999999",
      })
  void readsTheRangeOfAChunk(String header, String expected) {
    assertThat(text(List.of(ByteRange.parseContentRange(header)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "0-",
        "-5",
        "5",
        "1-0",
        "a-b",
        "0-1-2",
        " 0-1",
        "+0-1",
        "0--1",
        "0x0-0x1",
        "٠-١",
        "bytes",
        "bytes ",
        "bytes=0-1",
        "bytes */1024",
        "items 0-1/*",
        "0-1/1",
        "0-1/",
        "0-1/x",
        "0-1,4-5",
        "0-" + HUGE,
        HUGE + "-" + HUGE,
        "0-9223372036854775807"
      })
  void refusesAnotherRangeOfAChunk(String header) {
    assertRefused(ErrorCode.UPLOAD_RANGE_INVALID, () -> ByteRange.parseContentRange(header))
        .startsWith("tried to read the Content-Range \"" + header + "\" but expected <first byte>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "bytes=0-0                    | 1000 | 0-0",
        "bytes=500-749                | 1000 | 500-749",
        "bytes=500-                   | 1000 | 500-999",
        "bytes=-300                   | 1000 | 700-999",
        "bytes=0-                     | 1    | 0-0",
        "Bytes=0-1                    | 1000 | 0-1",
        "bytes=000000000000000000000001-2 | 1000 | 1-2",
        // Clamped to what there is.
        "bytes=900-5000               | 1000 | 900-999",
        "bytes=-5000                  | 1000 | 0-999",
        "bytes=0-99999999999999999999 | 1000 | 0-999",
        "bytes=-99999999999999999999  | 1000 | 0-999",
        "bytes=0-9223372036854775807  | 9223372036854775807 | 0-9223372036854775806",
        // Several, sorted and merged where they touch.
        "bytes=0-1,10-11              | 1000 | 0-1,10-11",
        "bytes=10-11 , 0-1            | 1000 | 0-1,10-11",
        "bytes=0-4,5-9                | 1000 | 0-9",
        "bytes=0-4,6-9                | 1000 | 0-4,6-9",
        "bytes=0-99,20-30,90-110      | 1000 | 0-110",
        "bytes=-1,0-0                 | 1000 | 0-0,999-999",
        "bytes=0-0,0-0,0-0            | 1000 | 0-0",
        // What lies outside is left out as long as something lies within.
        "bytes=0-1,5000-6000          | 1000 | 0-1",
        "bytes=-0,5-6                 | 1000 | 5-6",
        // A list may have empty elements (RFC 9110, section 5.6.1.2).
        "bytes=,0-1,,4-5,             | 1000 | 0-1,4-5",
      })
  void readsRanges(String header, long size, String expected) {
    assertThat(text(ByteRange.parseRange(header, size))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=a-b",
        "bytes=0",
        "bytes=0-1-2",
        "bytes=1.5-2",
        "bytes=+1-2",
        "bytes=- 5",
        "bytes=0 - 5",
        "bytes=٠-١",
        "items=0-1",
        "0-1",
        "bytes=0-1,x",
        "bytes 0-1",
        "bytes=--1"
      })
  void ignoresWhatIsMalformed(String header) {
    assertThat(ByteRange.parseRange(header, 1000)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes=500-0",
        "bytes=1000-",
        "bytes=1000-1000",
        "bytes=5000-10000",
        "bytes=-0",
        "bytes=" + HUGE + "-",
        "bytes=" + HUGE + "-" + HUGE,
        "bytes=5-4,2000-"
      })
  void refusesWhatLiesOutside(String header) {
    assertRefused(ErrorCode.RANGE_INVALID, () -> ByteRange.parseRange(header, 1000))
        .isEqualTo("tried to read the range \"" + header + "\" but the content has 1000 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=0-", "bytes=0-0", "bytes=-1"})
  void ignoresEveryRangeOfNothing(String header) {
    // Clients that always send a range would never get an empty blob.
    assertThat(ByteRange.parseRange(header, 0)).isEmpty();
  }

  @Test
  void ignoresTooManyRanges() {
    assertThat(ByteRange.parseRange(many(ByteRange.MAX_RANGES), 1000))
        .hasSize(ByteRange.MAX_RANGES);
    assertThat(ByteRange.parseRange(many(ByteRange.MAX_RANGES + 1), 1000)).isEmpty();
  }

  private static String many(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> i * 10 + "-" + i * 10)
        .collect(Collectors.joining(",", "bytes=", ""));
  }

  @Property(tries = 2_000)
  void coversExactlyWhatWasAskedFor(
      @ForAll("ranges") List<String> specs, @ForAll @IntRange(min = 21, max = 40) int size) {
    BitSet asked = new BitSet();
    for (String spec : specs) {
      String[] ends = spec.split("-", -1);
      int first = ends[0].isEmpty() ? Math.max(0, size - Integer.parseInt(ends[1])) : num(ends[0]);
      int last = ends[0].isEmpty() || ends[1].isEmpty() ? size - 1 : num(ends[1]);
      asked.set(first, Math.min(last, size - 1) + 1);
    }
    BitSet answered = new BitSet();
    List<ByteRange> ranges = ByteRange.parseRange("bytes=0-0," + String.join(",", specs), size);
    long bytes = 0;
    for (ByteRange range : ranges) {
      answered.set((int) range.first(), (int) range.last() + 1);
      bytes += range.length();
    }
    asked.set(0);
    assertThat(answered).isEqualTo(asked);
    assertThat(bytes).as("no byte twice").isEqualTo(asked.cardinality());
  }

  @Property(tries = 5_000)
  void readsOrRefusesAnything(
      @ForAll("headers") String header, @ForAll @IntRange(max = 50) int size) {
    try {
      for (ByteRange range : ByteRange.parseRange(header, size)) {
        assertThat(range.last()).isLessThan(size);
      }
    } catch (RegistryException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.RANGE_INVALID);
      // RFC 9110, section 14.1.1
      assertThat(header.toLowerCase(Locale.ROOT)).matches("bytes=[0-9, -]+");
    }
    try {
      ByteRange chunk = ByteRange.parseContentRange(header);
      assertThat(header).matches("(?i)(bytes )?[0-9]+-[0-9]+(/([0-9]+|\\*))?");
      assertThat(chunk.length()).isPositive();
    } catch (RegistryException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.UPLOAD_RANGE_INVALID);
    }
  }

  @Provide
  Arbitrary<String> headers() {
    Arbitrary<String> parts =
        Arbitraries.of(
                "bytes",
                "BYTES",
                "=",
                " ",
                "-",
                "-",
                ",",
                "/",
                "*",
                "0",
                "5",
                "49",
                "00",
                HUGE,
                "9223372036854775807",
                "9223372036854775808",
                "+",
                "\u0660",
                "x",
                "\0")
            .list()
            .ofMaxSize(8)
            .map(list -> String.join("", list));
    return Arbitraries.oneOf(parts, parts.map("bytes="::concat), Arbitraries.strings());
  }

  private static int num(String digits) {
    return Integer.parseInt(digits);
  }

  @Provide
  Arbitrary<List<String>> ranges() {
    Arbitrary<Integer> first = Arbitraries.integers().between(0, 20);
    Arbitrary<Integer> length = Arbitraries.integers().between(0, 25);
    Arbitrary<String> closed =
        Combinators.combine(first, length).as((from, more) -> from + "-" + (from + more));
    return Arbitraries.oneOf(closed, first.map(from -> from + "-"), length.map(last -> "-" + last))
        .list()
        .ofMaxSize(6);
  }

  @Test
  void isNeverTheWrongWayRound() {
    assertThat(new ByteRange(3, 3).length()).isEqualTo(1);
    assertThatThrownBy(() -> new ByteRange(-1, 3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ByteRange(4, 3)).hasMessageContaining("got 4-3");
  }

  private static String text(List<ByteRange> ranges) {
    return ranges.stream()
        .map(range -> range.first() + "-" + range.last())
        .collect(Collectors.joining(","));
  }
}
