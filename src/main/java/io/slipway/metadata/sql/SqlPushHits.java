package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.metadata.PushHits;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** Adds up hits in memory and writes them now and then: a HEAD request is to write nothing. */
public final class SqlPushHits implements PushHits {
  private final Database database;
  private final LongAdder waiting = new LongAdder();

  public SqlPushHits(Database database) {
    this.database = database.relaxed();
  }

  @Override
  public void spared() {
    waiting.increment();
  }

  /**
   * Writes what was gathered; what could not be written waits for the next time. What may have been
   * written is not written again: hits whose commit is not known to be one are rather lost.
   */
  public Future<Void> flush() {
    long hits = waiting.sumThenReset();
    if (hits == 0) {
      return Future.succeededFuture();
    }
    AtomicBoolean committing = new AtomicBoolean();
    return database
        .transaction(
            transaction -> {
              committing.set(false);
              Tally tally = new Tally();
              tally.hits(hits);
              return tally.write(transaction).onSuccess(ignored -> committing.set(true));
            })
        .onFailure(
            ignored -> {
              if (!committing.get()) {
                waiting.add(hits);
              }
            });
  }
}
