package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.database.Transaction;
import io.slipway.metadata.PullTimes;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Gathers pulls in memory and writes them in batches: a transaction per pull would cost more than
 * the pull.
 */
public final class SqlPullTimes implements PullTimes {
  /** More manifests than this pulled between two batches are forgotten. */
  private static final int MAX_WAITING = 100_000;

  private static final int BATCH = 100;
  // A row that somebody changes is left out: many locks at once must wait for none.
  private static final String PULLED =
      """
      UPDATE manifest SET pulled_at = :now, touched_at = :now WHERE repo = $1 AND digest IN
      (SELECT m.digest FROM manifest m WHERE m.repo = $1 AND m.digest = $2
      FOR NO KEY UPDATE SKIP LOCKED)
      """;

  private final Database database;
  private final Set<Pull> waiting = ConcurrentHashMap.newKeySet();

  public SqlPullTimes(Database database) {
    this.database = database.relaxed();
  }

  @Override
  public void pulled(RepositoryName repository, Digest digest) {
    Pull pull = new Pull(repository.text(), digest.text());
    if (!waiting.contains(pull) && waiting.size() < MAX_WAITING) {
      waiting.add(pull);
    }
  }

  /** Writes what was gathered; at most once at a time. */
  public Future<Void> flush() {
    List<Pull> batch = new ArrayList<>(BATCH);
    Iterator<Pull> pulls = waiting.iterator();
    while (batch.size() < BATCH && pulls.hasNext()) {
      batch.add(pulls.next());
      pulls.remove();
    }
    return batch.isEmpty()
        ? Future.succeededFuture()
        : database
            .transaction(transaction -> write(transaction, batch))
            .compose(ignored -> flush());
  }

  private static Future<Void> write(Transaction transaction, List<Pull> batch) {
    return Future.all(
            batch.stream()
                .map(pull -> transaction.update(PULLED, pull.repository(), pull.digest()))
                .toList())
        .mapEmpty();
  }

  /** A manifest that was pulled. */
  private record Pull(String repository, String digest) {}
}
