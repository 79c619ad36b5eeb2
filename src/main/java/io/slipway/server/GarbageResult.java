package io.slipway.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a collection of garbage deleted or would delete, in words for people. */
public record GarbageResult(long blobs, long bytes, List<Gone> details) {
  private static final List<String> UNITS = List.of("kB", "MB", "GB", "TB", "PB", "EB");
  private static final long KILO = 1000;

  public GarbageResult {
    details = List.copyOf(details);
  }

  /** One blob that went or would go. */
  public record Gone(String digest, long size, String reason) {}

  /**
   * Returns the lines to print.
   *
   * @param asked whether a dry run was asked for, rather than nothing said
   */
  public List<String> lines(GarbageWish wish, boolean asked) {
    List<String> lines = new ArrayList<>();
    details.forEach(
        gone -> lines.add(gone.digest() + " (" + size(gone.size()) + "): " + gone.reason()));
    String noun = blobs == 1 ? "blob" : "blobs";
    if (wish.delete()) {
      lines.add("Deleted " + blobs + " " + noun + ", reclaimed " + size(bytes));
    } else {
      lines.add("Would delete " + blobs + " unreferenced " + noun + " (" + size(bytes) + ")");
      if (!asked) {
        lines.add("nothing was deleted: use --delete");
      }
    }
    return List.copyOf(lines);
  }

  /** Returns a size in decimal units with one decimal; bytes have none. */
  static String size(long bytes) {
    if (bytes < KILO) {
      return bytes + " B";
    }
    double number = bytes;
    int unit = -1;
    // 999 950 is 1000.0 kB when it is rounded, which nobody writes.
    while (number >= KILO - 0.05 && unit < UNITS.size() - 1) {
      number /= KILO;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", number, UNITS.get(unit));
  }
}
