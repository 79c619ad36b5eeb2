package io.slipway.clients.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The table of what clients saw: a row for each operation, a column for each fault. */
final class FaultTable {
  private static final String BACK = "in order again after";

  private final Map<Dependency.Name, Map<String, Map<String, String>>> tables =
      new EnumMap<>(Dependency.Name.class);

  void add(Dependency.Name server, Fault fault, String row, String seen) {
    tables
        .computeIfAbsent(server, ignored -> new LinkedHashMap<>())
        .computeIfAbsent(row, ignored -> new LinkedHashMap<>())
        .put(fault.name(), seen);
  }

  /** Tells how long it took after the fault until all was as before. */
  void addRecovery(Dependency.Name server, Fault fault, long millis) {
    add(server, fault, BACK, millis < 1000 ? "< 1 s" : "< " + (millis / 1000 + 1) + " s");
    add(server, fault, "lost", "nothing");
  }

  /** Writes it for people to read. */
  void write(Path file) throws IOException {
    StringBuilder text = new StringBuilder();
    tables.forEach((server, rows) -> text.append(table(server, rows)));
    Files.writeString(file, text);
  }

  private static String table(Dependency.Name server, Map<String, Map<String, String>> rows) {
    Map<String, String> widest = new LinkedHashMap<>();
    rows.values().forEach(widest::putAll);
    StringBuilder text = new StringBuilder(line(server.toString(), widest.keySet()));
    text.append(line("---", widest.keySet().stream().map(ignored -> "---").toList()));
    rows.forEach(
        (name, cells) ->
            text.append(
                line(
                    name,
                    widest.keySet().stream()
                        .map(fault -> cells.getOrDefault(fault, ""))
                        .toList())));
    return text.append('\n').toString();
  }

  private static String line(String first, Iterable<String> others) {
    StringBuilder line = new StringBuilder("| " + first + " |");
    others.forEach(each -> line.append(' ').append(each).append(" |"));
    return line.append('\n').toString();
  }
}
