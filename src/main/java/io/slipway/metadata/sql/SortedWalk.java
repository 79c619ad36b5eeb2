package io.slipway.metadata.sql;

/**
 * Walks two tables side by side in the order of a key: rows, and names of such rows.
 *
 * <p>A page reads a range of an index of each, which costs a quarter of asking for the names of one
 * row after the other, and at most so many entries of either, however often a row is named. The
 * limits stand in both ranges for the planner: one that takes a range for large would read the
 * table as a whole, for every page. They leave room for as many again that come while it is read: a
 * row that is cut off is on no page.
 *
 * @param rows the table of the rows
 * @param names the table of the names; it may have several of a row
 * @param key the columns that an index of each begins with
 * @param after the parameters for the key that a page begins behind
 * @param last the parameters for the last key of a page
 * @param size how many rows, and how many names, a page has at most
 */
record SortedWalk(String rows, String names, String key, String after, String last, int size) {

  /** Returns the query for the last key of a page; it finds none for the last page. */
  String end() {
    return """
        SELECT %1$s FROM (SELECT %1$s FROM (%2$s) a UNION ALL SELECT %1$s FROM (%3$s) b) c
        ORDER BY %1$s LIMIT 1"""
        .formatted(key, nth(rows, size), nth(names, size));
  }

  private String nth(String table, int number) {
    return "SELECT %1$s FROM %2$s WHERE (%1$s) > (%3$s) ORDER BY %1$s LIMIT 1 OFFSET %4$d"
        .formatted(key, table, after, number - 1);
  }

  /** Returns the query for those rows of a page that have no name. */
  String unnamed() {
    // In order, so that SQLite merges them.
    return "SELECT %1$s FROM (%2$s) a EXCEPT SELECT %1$s FROM (%3$s) b ORDER BY %1$s"
        .formatted(key, range(rows), range(names));
  }

  private String range(String table) {
    return "SELECT %1$s FROM %2$s WHERE (%1$s) > (%3$s) AND (%1$s) <= (%4$s) ORDER BY %1$s LIMIT %5$d"
        .formatted(key, table, after, last, 2 * size);
  }
}
