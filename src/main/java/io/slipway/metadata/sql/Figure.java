package io.slipway.metadata.sql;

import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What is counted, each in a column of its name. */
enum Figure {
  MANIFESTS,
  /** Manifests that are or were tagged. */
  IMAGES,
  TAGS,
  /** Sizes of the blobs that a repository links. */
  LINKED_BYTES,
  BLOBS,
  BLOB_BYTES,
  /** Manifests that name blobs. */
  SIZED,
  /** The sizes of their images. */
  SIZED_BYTES,
  /** Pushes of blobs that were there. */
  HITS,
  /** Pushes of blobs that were not. */
  MISSES;

  private static final List<Figure> ALL = List.of(values());

  String column() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns something for each column, separated by commas. */
  static String each(UnaryOperator<String> ofColumn) {
    return ALL.stream()
        .map(figure -> ofColumn.apply(figure.column()))
        .collect(Collectors.joining(", "));
  }

  /** Returns the parameters of all figures, the first of which has this number. */
  static String parameters(int first) {
    return IntStream.range(first, first + ALL.size())
        .mapToObj(number -> "$" + number)
        .collect(Collectors.joining(", "));
  }
}
