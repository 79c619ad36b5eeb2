package io.slipway.server;

import java.time.Instant;

/**
 * Writes times like {@code 2026-11-21T06:42:22.168Z}; remembers the second, because lines come in
 * bursts.
 */
final class LineTime {
  private static final int LENGTH_TO_SECOND = 19;

  private long second = Long.MIN_VALUE;
  private String text = "";

  void append(long epochMillis, StringBuilder line) {
    long now = Math.floorDiv(epochMillis, 1000L);
    if (now != second) {
      second = now;
      text = Instant.ofEpochSecond(now).toString().substring(0, LENGTH_TO_SECOND);
    }
    int millis = (int) Math.floorMod(epochMillis, 1000L);
    line.append(text)
        .append('.')
        .append((char) ('0' + millis / 100))
        .append((char) ('0' + millis / 10 % 10))
        .append((char) ('0' + millis % 10))
        .append('Z');
  }
}
