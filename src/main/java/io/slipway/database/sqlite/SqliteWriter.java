package io.slipway.database.sqlite;

import io.vertx.core.Promise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes every change, one group after another, on the one thread that may. */
final class SqliteWriter implements Runnable {
  private final SqliteConnection connection;
  private final Lanes lanes;
  private final GroupCommit group;
  private final WalCheckpoint checkpoint;
  private final List<Thread> readers;
  private final Promise<Void> ended;

  SqliteWriter(
      SqliteConnection connection,
      Lanes lanes,
      GroupCommit group,
      WalCheckpoint checkpoint,
      List<Thread> readers,
      Promise<Void> ended) {
    this.connection = connection;
    this.lanes = lanes;
    this.group = group;
    this.checkpoint = checkpoint;
    this.readers = readers;
    this.ended = ended;
  }

  @Override
  public void run() {
    try (connection) {
      @Nullable Member<?> first;
      while ((first = lanes.writes().take()) != null) {
        group.run(first);
        checkpoint.afterCommit();
      }
      // The last connection to close empties the log into the file.
      for (Thread reader : readers) {
        reader.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      // Never seen; without its writer the database is of no use.
      lanes.breakDown(e);
    } finally {
      ended.tryComplete();
    }
  }
}
