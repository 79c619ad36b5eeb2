package io.slipway.database.sqlite;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the SQLite database is opened.
 *
 * @param file the database; its folder exists, its {@code -wal} and {@code -shm} lie beside it
 * @param readers reader threads, each with a connection, 1 to 64
 * @param queue statements that may wait for a reader, and as many for the writer; more are refused
 * @param statements prepared statements kept by each connection
 * @param busyTimeout how long another process may hold the file before a statement fails
 * @param mappedBytes how much of the file is read through the address space
 * @param maxPages pages of 4 KiB the file may grow to; 0 for no limit but the disk's
 */
public record SqliteOptions(
    Path file,
    int readers,
    int queue,
    int statements,
    Duration busyTimeout,
    long mappedBytes,
    long maxPages) {

  public SqliteOptions {
    check(readers >= 1 && readers <= 64, "readers", readers, "1 to 64");
    check(queue >= 1, "queue", queue, "at least 1");
    check(statements >= 16, "statements", statements, "at least 16");
    check(!busyTimeout.isNegative(), "busyTimeout", busyTimeout, "no negative duration");
    check(mappedBytes >= 0, "mappedBytes", mappedBytes, "at least 0");
    check(maxPages >= 0, "maxPages", maxPages, "at least 0");
    // The driver takes what follows a question mark for settings.
    check(file.toString().indexOf('?') < 0, "file", file, "a path without '?'");
  }

  /** Returns what suits a registry. */
  public static SqliteOptions of(Path file) {
    return new SqliteOptions(file, 3, 8192, 256, Duration.ofSeconds(5), 256L << 20, 0);
  }

  public SqliteOptions withReaders(int readers) {
    return new SqliteOptions(file, readers, queue, statements, busyTimeout, mappedBytes, maxPages);
  }

  public SqliteOptions withQueue(int queue) {
    return new SqliteOptions(file, readers, queue, statements, busyTimeout, mappedBytes, maxPages);
  }

  public SqliteOptions withMaxPages(long maxPages) {
    return new SqliteOptions(file, readers, queue, statements, busyTimeout, mappedBytes, maxPages);
  }

  private static void check(boolean right, String name, Object value, String expected) {
    if (!right) {
      throw new IllegalArgumentException(
          "tried to open SQLite with " + name + " " + value + " but expected " + expected);
    }
  }
}
