package io.slipway.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes objects as lines with columns, for people. */
final class Table {
  private Table() {}

  /** Returns a line of headings and one for each object; a field that is absent is {@code -}. */
  static String of(List<JsonObject> items, List<String> fields) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        fields.stream().map(field -> field.replace('_', ' ').toUpperCase(Locale.ROOT)).toList());
    items.forEach(
        item -> rows.add(fields.stream().map(field -> cell(item.getValue(field))).toList()));
    return rows.stream().map(row -> line(row, rows)).collect(Collectors.joining("\n"));
  }

  private static String cell(@Nullable Object value) {
    String text =
        switch (value) {
          case null -> "";
          case JsonArray list ->
              list.stream().map(String::valueOf).collect(Collectors.joining(","));
          case Boolean flag -> flag ? "yes" : "no";
          default -> value.toString();
        };
    return text.isEmpty() ? "-" : text;
  }

  private static String line(List<String> row, List<List<String>> rows) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      int column = i;
      int width = rows.stream().mapToInt(cells -> cells.get(column).length()).max().orElse(0);
      line.append(row.get(i)).append(" ".repeat(width - row.get(i).length() + 2));
    }
    return line.toString().stripTrailing();
  }
}
