package io.slipway.hostile;

import java.util.List;
import java.util.Random;

/** Decides what a generated case holds; the same seed decides the same. */
record Dice(Random random) {
  static Dice of(long seed) {
    return new Dice(new Random(seed));
  }

  /** Returns the dice of one case of a run. */
  static Dice of(long seed, long number) {
    return of(seed * 1_000_003 + number * 0x9E3779B97F4A7C15L);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  @SafeVarargs
  final <T> T pick(T... choices) {
    return choices[below(choices.length)];
  }

  <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }

  /** Returns bytes as characters from 0 to 255. */
  String bytes(int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append((char) below(256));
    }
    return text.toString();
  }

  /** Returns a number that some reader may get wrong, or that is not one. */
  String number() {
    return pick(
        "0",
        "1",
        "-1",
        "+1",
        "00",
        "5",
        "1e3",
        "0x10",
        "",
        " 1",
        "1 ",
        "1,1",
        "1;1",
        "2147483647",
        "2147483648",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "99999999999999999999999",
        "\u00b2",
        "NaN",
        Integer.toString(below(5000)));
  }
}
