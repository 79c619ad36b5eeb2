package io.slipway.database.sqlite;

import io.slipway.database.DatabaseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the write-ahead log into the file whenever it has grown by {@value #PAGES} pages, between
 * two groups.
 *
 * <p>SQLite's own checkpoint starts the log anew only when it meets no reader at all; under steady
 * reads the log grows without end. RESTART holds back the writer instead, for as long as the
 * longest read; readers never wait. Confined to the writer's thread.
 */
final class WalCheckpoint {
  static final int PAGES = 2000;
  private static final int PATIENCE_MILLIS = 200;
  private static final Logger LOG = LoggerFactory.getLogger(WalCheckpoint.class);

  private record Log(boolean busy, long frames, long moved) {}

  private final SqliteConnection connection;
  private final SqliteOptions options;
  private final Lanes lanes;
  private final SqliteMetrics metrics;
  private long due = PAGES;

  WalCheckpoint(
      SqliteConnection connection, SqliteOptions options, Lanes lanes, SqliteMetrics metrics) {
    this.connection = connection;
    this.options = options;
    this.lanes = lanes;
    this.metrics = metrics;
  }

  void afterCommit() {
    try {
      Log log = pragma("NOOP");
      metrics.walFrames(log.frames());
      if (log.frames() >= due && log.moved() < log.frames()) {
        restart(log);
      }
    } catch (DatabaseException e) {
      // A full disk: what is committed stays in the log.
      LOG.warn("tried to move the write-ahead log into the database", e);
      due += PAGES;
      lanes.check(e);
    }
  }

  private void restart(Log before) {
    long start = System.nanoTime();
    connection.execute("PRAGMA busy_timeout = " + PATIENCE_MILLIS);
    try {
      due = pragma("RESTART").busy() ? before.frames() + PAGES : PAGES;
    } finally {
      connection.execute("PRAGMA busy_timeout = " + options.busyTimeout().toMillis());
      metrics.checkpoint(System.nanoTime() - start);
    }
  }

  private Log pragma(String mode) {
    return connection
        .query(
            "PRAGMA wal_checkpoint(" + mode + ")",
            row -> new Log(row.flag("busy"), row.number("log"), row.number("checkpointed")))
        .getFirst();
  }
}
