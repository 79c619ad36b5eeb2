package io.slipway.database.sqlite;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The threads of one database with their connections, from its opening to its end. */
final class SqliteThreads {
  private final Lanes lanes;
  private final SqliteDialect dialect = new SqliteDialect();
  private final SqliteMetrics metrics;
  private final List<Thread> readers = new ArrayList<>();
  private final Thread writer;
  private final Promise<Void> ended = Promise.promise();

  private SqliteThreads(
      SqliteOptions options, Lanes lanes, SqliteMetrics metrics, List<SqliteConnection> opened) {
    this.lanes = lanes;
    this.metrics = metrics;
    SqliteConnection first = opened.getFirst();
    for (SqliteConnection connection : opened.subList(1, opened.size())) {
      SqliteReader reader = new SqliteReader(connection, lanes, metrics);
      readers.add(thread("database-reader-" + (readers.size() + 1), reader));
    }
    GroupCommit group = new GroupCommit(first, dialect, lanes, metrics);
    WalCheckpoint checkpoint = new WalCheckpoint(first, options, lanes, metrics);
    writer =
        thread(
            "database-writer", new SqliteWriter(first, lanes, group, checkpoint, readers, ended));
  }

  /** Opens the connections and starts their threads. Blocks. */
  static SqliteThreads start(
      SqliteOptions options, MeterRegistry meters, Consumer<Throwable> onFatal) {
    List<SqliteConnection> opened = new ArrayList<>();
    try {
      opened.add(SqliteConnection.writer(options));
      for (int i = 0; i < options.readers(); i++) {
        opened.add(SqliteConnection.reader(options));
      }
    } catch (RuntimeException e) {
      opened.forEach(SqliteConnection::close);
      throw e;
    }
    Lanes lanes = new Lanes(options.queue(), onFatal);
    SqliteThreads threads =
        new SqliteThreads(options, lanes, new SqliteMetrics(meters, lanes), opened);
    threads.readers.forEach(Thread::start);
    threads.writer.start();
    return threads;
  }

  private static Thread thread(String name, Runnable work) {
    // Platform threads: a call into SQLite would pin the carrier of a virtual one.
    return Thread.ofPlatform().daemon(true).name(name).unstarted(work);
  }

  Lanes lanes() {
    return lanes;
  }

  SqliteDialect dialect() {
    return dialect;
  }

  /**
   * Tells whether the caller runs on one of these threads, where waiting for another would never
   * end.
   */
  boolean areCurrent() {
    Thread current = Thread.currentThread();
    return current.equals(writer) || readers.contains(current);
  }

  /** Lets the threads finish what waits; complete when every connection is closed. */
  Future<Void> close() {
    lanes.close();
    return ended.future().onComplete(done -> metrics.close());
  }
}
