package io.slipway.metadata.sql;

import io.slipway.database.Row;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One number for each figure. Not thread-safe. */
final class FigureSums {
  private final Map<Figure, Long> sums = new EnumMap<>(Figure.class);

  static FigureSums of(Row row) {
    FigureSums read = new FigureSums();
    for (Figure figure : Figure.values()) {
      read.add(figure, row.number(figure.column()));
    }
    return read;
  }

  void add(Figure figure, long more) {
    sums.merge(figure, more, Long::sum);
  }

  void add(FigureSums more) {
    more.sums.forEach(this::add);
  }

  long get(Figure figure) {
    return sums.getOrDefault(figure, 0L);
  }

  boolean isSome() {
    return sums.values().stream().anyMatch(sum -> sum != 0);
  }

  /** Adds them to the arguments of a statement, in the order of {@link Figure#parameters}. */
  void addTo(List<@Nullable Object> arguments) {
    for (Figure figure : Figure.values()) {
      arguments.add(get(figure));
    }
  }
}
