package io.slipway.database.sqlite;

import org.jspecify.annotations.Nullable;

/** Answers reads on a thread and a connection of its own. */
final class SqliteReader implements Runnable {
  private final SqliteConnection connection;
  private final Lanes lanes;
  private final SqliteMetrics metrics;

  SqliteReader(SqliteConnection connection, Lanes lanes, SqliteMetrics metrics) {
    this.connection = connection;
    this.lanes = lanes;
    this.metrics = metrics;
  }

  @Override
  public void run() {
    try (connection) {
      @Nullable Read<?> read;
      while ((read = lanes.reads().take()) != null) {
        answer(read);
      }
    }
  }

  private void answer(Read<?> read) {
    try {
      read.run(connection);
      metrics.read();
    } catch (Throwable e) {
      // Errors too: a mapper's must not end the thread.
      read.fail(e);
      metrics.failure(e);
      lanes.check(e);
    }
  }
}
