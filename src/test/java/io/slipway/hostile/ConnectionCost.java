package io.slipway.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * What connections cost a server.
 *
 * @param resident bytes of anonymous memory more than before, garbage among them
 * @param cpu user and system time of the server while they were made
 * @param pull how long another client waited for a small blob beside them
 */
record ConnectionCost(
    int connections,
    Footprint before,
    Footprint during,
    long resident,
    Duration cpu,
    Duration pull) {

  /** Returns the bytes of heap and direct memory that each one holds. */
  long bytesEach() {
    return (during.heap() - before.heap() + during.direct() - before.direct()) / connections;
  }

  private double each(long before, long during) {
    return (double) (during - before) / connections;
  }

  /** Returns the resident bytes of a process that no file is behind. */
  static long anonymous(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d connections; each %.1f KiB heap, %.1f KiB direct, %.1f KiB resident, %.2f files,"
            + " %.2f ms CPU; %d more threads; a pull beside them %d ms",
        connections,
        each(before.heap(), during.heap()) / 1024,
        each(before.direct(), during.direct()) / 1024,
        (double) resident / connections / 1024,
        each(before.files(), during.files()),
        (double) cpu.toMillis() / connections,
        during.threads() - before.threads(),
        pull.toMillis());
  }
}
