package io.slipway.database.sqlite;

import io.slipway.database.DatabaseException;
import io.slipway.database.DatabaseException.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commits the transactions that wait together, so that they share one sync of the disk. Confined to
 * the writer's thread.
 *
 * <p>Each member runs in a savepoint and is answered after the commit, never before: SQLITE_FULL
 * may roll back all of them.
 */
final class GroupCommit {
  private static final int MOST_MEMBERS = 256;

  private final SqliteConnection connection;
  private final SqliteDialect dialect;
  private final Lanes lanes;
  private final SqliteMetrics metrics;
  private @Nullable Boolean syncing;

  GroupCommit(
      SqliteConnection connection, SqliteDialect dialect, Lanes lanes, SqliteMetrics metrics) {
    this.connection = connection;
    this.dialect = dialect;
    this.lanes = lanes;
    this.metrics = metrics;
  }

  /** Runs a member and what waits behind it; never throws for their sake. */
  void run(Member<?> first) {
    ArrayDeque<Member<?>> waiting = new ArrayDeque<>();
    waiting.add(first);
    Member<?> next;
    while (waiting.size() < MOST_MEMBERS
        && (next = lanes.writes().pollIf(member -> true)) != null) {
      waiting.add(next);
    }
    // A group that is rolled back as a whole leaves those that had not run yet.
    while (!waiting.isEmpty()) {
      commit(waiting, MOST_MEMBERS);
    }
  }

  private void commit(ArrayDeque<Member<?>> waiting, int limit) {
    List<Member<?>> members = new ArrayList<>();
    boolean sync = waiting.stream().anyMatch(Member::strict);
    try {
      begin(waiting, sync);
      long start = System.nanoTime();
      Member<?> next;
      while (members.size() < limit && (next = next(waiting, sync, limit)) != null) {
        members.add(next);
        next.run(connection, dialect);
        metrics.failure(next.failure());
      }
      connection.update("COMMIT");
      metrics.commit(sync, members.size(), System.nanoTime() - start);
    } catch (DatabaseException e) {
      rollBack();
      abandon(members, waiting, e);
      return;
    }
    members.forEach(Member::acknowledge);
  }

  private void begin(ArrayDeque<Member<?>> waiting, boolean sync) {
    try {
      if (syncing == null || syncing != sync) {
        connection.execute("PRAGMA synchronous = " + (sync ? "FULL" : "NORMAL"));
        syncing = sync;
      }
      connection.update("BEGIN IMMEDIATE");
    } catch (DatabaseException e) {
      // Another process holds the file: nobody in this group can be served.
      Lanes.failAll(List.copyOf(waiting), e);
      waiting.clear();
      throw e;
    }
  }

  /**
   * Returns who comes next; whoever arrives meanwhile joins, unless this commit is too weak for it.
   */
  private @Nullable Member<?> next(ArrayDeque<Member<?>> waiting, boolean sync, int limit) {
    Member<?> next = waiting.poll();
    return next != null || limit == 1
        ? next
        : lanes.writes().pollIf(member -> sync || !member.strict());
  }

  private void abandon(
      List<Member<?>> members, ArrayDeque<Member<?>> waiting, DatabaseException failure) {
    metrics.failure(failure);
    lanes.check(failure);
    if (lanes.broken()) {
      Lanes.failAll(waiting, failure);
      waiting.clear();
    }
    if (failure.reason() == Reason.FOREIGN_KEY_VIOLATION && members.size() > 1) {
      // A constraint that is checked at COMMIT: one of them is to blame, so each commits alone.
      members.forEach(member -> commit(new ArrayDeque<>(List.of(member)), 1));
    } else {
      Lanes.failAll(List.copyOf(members), failure);
    }
  }

  private void rollBack() {
    try {
      connection.update("ROLLBACK");
    } catch (DatabaseException e) {
      // SQLite has done so already.
    }
  }
}
