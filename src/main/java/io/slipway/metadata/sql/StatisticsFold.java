package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.database.Transaction;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Adds what transactions changed to the sums, in the transaction that deletes it; on whichever node
 * comes first.
 */
public final class StatisticsFold {
  static final int BATCH = 1000;

  private static final String SOME = "SELECT id FROM statistics_change LIMIT 1";
  private static final String WHOLE =
      "INSERT INTO statistics (repo) VALUES ('') ON CONFLICT (repo) DO NOTHING";
  private static final String LOCK =
      "SELECT repo FROM statistics WHERE repo = '' FOR UPDATE SKIP LOCKED";
  // Only who holds the lock comes here, so nothing has to be skipped. Once: see ADR 7.
  private static final String TAKE =
      "WITH taken AS MATERIALIZED (SELECT id FROM statistics_change ORDER BY id LIMIT "
          + BATCH
          + ") DELETE FROM statistics_change WHERE id IN (SELECT id FROM taken)"
          + " RETURNING repo, pushed_at, "
          + Figure.each(column -> column);
  private static final String ADD =
      "INSERT INTO statistics (repo, repositories, pushed_at, "
          + Figure.each(column -> column)
          + ") VALUES ($1, $2, $3, "
          + Figure.parameters(4)
          + ") ON CONFLICT (repo) DO UPDATE SET repositories = statistics.repositories +"
          + " excluded.repositories, pushed_at = CASE WHEN statistics.pushed_at >"
          + " coalesce(excluded.pushed_at, 0) THEN statistics.pushed_at"
          + " ELSE excluded.pushed_at END, "
          + Figure.each(column -> column + " = statistics." + column + " + excluded." + column)
          + " RETURNING manifests";

  private final Database database;

  public StatisticsFold(Database database) {
    // What a loss of power takes back is noted as it was.
    this.database = database.relaxed();
  }

  /** Adds up to {@value #BATCH} changes; true when there may be more. */
  public Future<Boolean> run() {
    return database
        .query(SOME, row -> row.number("id"))
        .compose(
            some ->
                some.isEmpty()
                    ? Future.succeededFuture(false)
                    : database.transaction(StatisticsFold::fold).map(taken -> taken == BATCH));
  }

  static Future<Integer> fold(Transaction transaction) {
    return transaction
        .update(WHOLE)
        .compose(ignored -> transaction.query(LOCK, row -> row.string("repo")))
        .compose(
            locked ->
                locked.isEmpty()
                    ? Future.succeededFuture(0)
                    : transaction
                        .query(TAKE, Change::of)
                        .compose(taken -> add(transaction, taken).map(taken.size())));
  }

  private static Future<Void> add(Transaction transaction, List<Change> taken) {
    Change whole = new Change(Tally.WHOLE);
    Map<String, Change> repositories = new TreeMap<>();
    for (Change change : taken) {
      whole.add(change);
      if (!change.repo.equals(Tally.WHOLE)) {
        repositories.computeIfAbsent(change.repo, Change::new).add(change);
      }
    }
    Future<Long> more = Future.succeededFuture(0L);
    for (Change change : repositories.values()) {
      more =
          more.compose(
              before ->
                  write(transaction, change, change.pushedAt, 0)
                      .map(now -> before + change.repositories(now)));
    }
    return more.compose(sum -> write(transaction, whole, null, sum)).mapEmpty();
  }

  /** Writes sums, and returns how many manifests there are now. */
  private static Future<Long> write(
      Transaction transaction, Change change, @Nullable Long pushedAt, long repositories) {
    List<@Nullable Object> arguments = new ArrayList<>();
    arguments.add(change.repo);
    arguments.add(repositories);
    arguments.add(pushedAt);
    change.sums.addTo(arguments);
    return transaction
        .query(ADD, row -> row.number("manifests"), arguments.toArray())
        .map(List::getFirst);
  }

  /** What changed in one repository, or in all. */
  private static final class Change {
    private final String repo;
    private final FigureSums sums = new FigureSums();
    private @Nullable Long pushedAt;

    Change(String repo) {
      this.repo = repo;
    }

    static Change of(Row row) {
      Change change = new Change(row.string("repo"));
      change.sums.add(FigureSums.of(row));
      change.pushedAt = row.numberOrNull("pushed_at");
      return change;
    }

    void add(Change other) {
      sums.add(other.sums);
      Long at = other.pushedAt;
      if (at != null && (pushedAt == null || at > pushedAt)) {
        pushedAt = at;
      }
    }

    /** Returns 1 when the repository got its first manifest by this, -1 when it lost its last. */
    int repositories(long manifestsNow) {
      boolean holds = manifestsNow > 0;
      boolean held = manifestsNow - sums.get(Figure.MANIFESTS) > 0;
      return (holds ? 1 : 0) - (held ? 1 : 0);
    }
  }
}
