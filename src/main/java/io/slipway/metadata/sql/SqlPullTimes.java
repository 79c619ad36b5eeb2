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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Gathers pulls in memory and writes them in batches: a transaction per pull would cost more than
 * the pull.
 */
public final class SqlPullTimes implements PullTimes {
  /** More manifests than this pulled between two batches are forgotten. */
  private static final int MAX_WAITING = 100_000;

  private static final int BATCH = 100;
  // A row that somebody changes is left for later: many locks at once must wait for none.
  private static final String PULLED =
      """
      UPDATE manifest SET pulled_at = :now, touched_at = :now WHERE repo = $1 AND digest IN
      (SELECT m.digest FROM manifest m WHERE m.repo = $1 AND m.digest = $2
      FOR NO KEY UPDATE SKIP LOCKED)
      """;
  private static final String IS_THERE =
      "SELECT 1 AS there FROM manifest WHERE repo = $1 AND digest = $2";

  private final Database database;
  private final Set<Pull> waiting = ConcurrentHashMap.newKeySet();

  public SqlPullTimes(Database database) {
    this.database = database.relaxed();
  }

  @Override
  public void pulled(RepositoryName repository, Digest digest) {
    add(new Pull(repository.text(), digest.text()));
  }

  private void add(Pull pull) {
    if (!waiting.contains(pull) && waiting.size() < MAX_WAITING) {
      waiting.add(pull);
    }
  }

  /**
   * Writes what was gathered, at most once at a time; what could not be written waits for the next
   * time. To write a pull twice is harmless.
   */
  public Future<Void> flush() {
    List<Pull> left = new ArrayList<>();
    return flush(left).onComplete(ignored -> left.forEach(this::add));
  }

  private Future<Void> flush(List<Pull> left) {
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
            .onSuccess(left::addAll)
            .onFailure(ignored -> left.addAll(batch))
            .compose(ignored -> flush(left));
  }

  /** Returns those that somebody is changing. */
  private static Future<List<Pull>> write(Transaction transaction, List<Pull> batch) {
    List<Future<Boolean>> written = batch.stream().map(pull -> write(transaction, pull)).toList();
    return Future.all(written)
        .map(
            ignored ->
                IntStream.range(0, batch.size())
                    .filter(i -> !written.get(i).result())
                    .mapToObj(batch::get)
                    .toList());
  }

  /** Writes one unless it is gone; false when somebody is changing it. */
  private static Future<Boolean> write(Transaction transaction, Pull pull) {
    return transaction
        .update(PULLED, pull.repository(), pull.digest())
        .compose(
            rows ->
                rows > 0
                    ? Future.succeededFuture(true)
                    : transaction
                        .first(IS_THERE, row -> true, pull.repository(), pull.digest())
                        .map(Optional::isEmpty));
  }

  /** A manifest that was pulled. */
  private record Pull(String repository, String digest) {}
}
