package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.DatabaseException;
import io.slipway.database.Row;
import io.slipway.metadata.sql.NameRanges.Range;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds names of repositories that hold a manifest in ranges of which not every name matches.
 *
 * <p>A statement reads so many names and no more, and asks nothing of them: which of them match is
 * told here, and only those are asked for manifests. So no statement takes long however many names
 * lie in a range and none of them matches, and an event loop is not kept either.
 */
final class NameScan {
  /** Ranges that one statement looks into, where they are many: each has two parameters. */
  private static final int RANGES = 10;

  /** Names of one statement. A filter of many patterns takes fewer, for each name costs more. */
  private static final int MOST = 5000;

  private static final int LEAST = 160;
  private static final int MATCHES = 100_000;

  /** A client would wait no longer; nor is a database to work for one that has left. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String HOLDING =
      """
      SELECT n.name FROM unnest($1) AS n (name)
      WHERE EXISTS (SELECT 1 FROM manifest m WHERE m.repo = n.name) ORDER BY n.name COLLATE "C"
      """;

  private final Database database;
  private final RepositoryFilter filter;
  private final int limit;
  private final LongSupplier nanos;
  private final long begun;
  private final int most;
  private final List<String> found = new ArrayList<>();
  private final Promise<List<String>> done = Promise.promise();

  private NameScan(Database database, RepositoryFilter filter, int limit, LongSupplier nanos) {
    this.database = database;
    this.filter = filter;
    this.limit = limit;
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
    int patterns = filter.unions().stream().mapToInt(List::size).sum();
    this.most = patterns <= MATCHES / MOST ? MOST : Math.max(LEAST, MATCHES / patterns);
  }

  /**
   * Returns at most so many names that match, in their order.
   *
   * @param ranges of the filter, in the order of names
   * @param start the first text that a name may be
   * @param nanos tells the time; one that takes more than half a minute fails with {@code
   *     UNAVAILABLE}
   */
  static Future<List<String>> read(
      Database database,
      RepositoryFilter filter,
      List<Range> ranges,
      String start,
      int limit,
      LongSupplier nanos) {
    NameScan scan = new NameScan(database, filter, limit, nanos);
    scan.look(ranges, start, false);
    return scan.done.future();
  }

  /**
   * Looks at some names, and goes on. Not by composing futures, which would keep all of them.
   *
   * @param alone whether the first range has many names
   */
  private void look(List<Range> ranges, String start, boolean alone) {
    if (ranges.isEmpty() || found.size() == limit) {
      done.complete(found);
      return;
    }
    if (nanos.getAsLong() - begun > PATIENCE.toNanos()) {
      done.fail(
          new DatabaseException(
              DatabaseException.Reason.UNAVAILABLE,
              "tried to find the repositories that match but looked for "
                  + PATIENCE.toSeconds()
                  + " s, as far as "
                  + start));
      return;
    }
    Look look = Look.of(ranges, start, alone || ranges.size() == 1, most);
    database
        .query(look.sql(), NameScan::name, look.bounds())
        .compose(names -> hold(look.seen(names)))
        .onComplete(
            ended -> {
              if (ended.failed()) {
                done.fail(ended.cause());
                return;
              }
              Seen seen = ended.result();
              look(seen.ranges(), seen.start(), seen.alone());
            });
  }

  /** Adds the names that match and hold a manifest. */
  private Future<Seen> hold(Seen seen) {
    List<String> matching =
        seen.names().stream().filter(name -> filter.matches(new RepositoryName(name))).toList();
    if (matching.isEmpty()) {
      return Future.succeededFuture(seen);
    }
    return database
        .query(HOLDING, NameScan::name, matching)
        .map(
            holding -> {
              holding.stream().limit(limit - found.size()).forEach(found::add);
              return seen;
            });
  }

  private static String name(Row row) {
    return row.string("name");
  }

  /**
   * What is left when some names were looked at.
   *
   * @param alone whether the first range that is left has many names
   */
  private record Seen(List<String> names, List<Range> ranges, String start, boolean alone) {}

  /**
   * One statement.
   *
   * @param size of how many ranges
   * @param each how many names of each range it reads
   */
  private record Look(List<Range> ranges, String start, int size, int each) {
    static Look of(List<Range> ranges, String start, boolean alone, int most) {
      return alone
          ? new Look(ranges, start, 1, most)
          : new Look(ranges, start, RANGES, Math.ceilDiv(most, RANGES));
    }

    String sql() {
      return size == 1
          ? part(0)
          : IntStream.range(0, size)
              .mapToObj(i -> "SELECT name FROM (" + part(i) + ") r" + i)
              .collect(
                  Collectors.joining(" UNION ALL ", "SELECT name FROM (", ") n ORDER BY name"));
    }

    private String part(int range) {
      return "SELECT name FROM repository WHERE name >= $%d AND name < $%d ORDER BY name LIMIT %d"
          .formatted(2 * range + 1, 2 * range + 2, each);
    }

    /** Returns the bounds of each range; what is no range has no name in it. */
    Object[] bounds() {
      Object[] bounds = new Object[2 * size];
      for (int i = 0; i < size; i++) {
        boolean there = i < ranges.size();
        bounds[2 * i] = there ? least(ranges.get(i)) : "";
        bounds[2 * i + 1] = there ? ranges.get(i).bound() : "";
      }
      return bounds;
    }

    private String least(Range range) {
      return range.prefix().compareTo(start) > 0 ? range.prefix() : start;
    }

    /** Tells what is left; names behind a range that may have more wait for those. */
    Seen seen(List<String> names) {
      int now = Math.min(size, ranges.size());
      int begin = 0;
      for (int i = 0; i < now; i++) {
        int end = begin;
        while (end < names.size() && names.get(end).compareTo(ranges.get(i).bound()) < 0) {
          end++;
        }
        if (end - begin == each) {
          return new Seen(
              names.subList(0, end),
              ranges.subList(i, ranges.size()),
              names.get(end - 1) + NameRanges.BEHIND,
              true);
        }
        begin = end;
      }
      return new Seen(names, ranges.subList(now, ranges.size()), start, false);
    }
  }
}
