package io.slipway.database.sqlite;

import static io.slipway.database.DatabaseContract.assertReason;
import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.database.Database;
import io.slipway.database.DatabaseException.Reason;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class SqliteFileTest {
  private static final String INSERT = "INSERT INTO item (id, content) VALUES ($1, $2)";
  private static final String COUNT = "SELECT count(*) AS n FROM item";

  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();
  @TempDir Path other;

  @BeforeEach
  void makeTable() {
    get(database().update("CREATE TABLE item (id BIGINT PRIMARY KEY, content BYTEA)"));
  }

  private Database database() {
    return sqlite.database();
  }

  private static long count(Database database) {
    return get(database.query(COUNT, row -> row.number("n"))).getFirst();
  }

  private Path beside(String suffix) {
    return sqlite.file().resolveSibling(sqlite.file().getFileName() + suffix);
  }

  @Test
  void leavesOneFileWhenItIsClosed() {
    get(database().update(INSERT, 1, new byte[100]));
    assertThat(beside("-wal")).exists();
    Database reopened = sqlite.reopen();
    assertThat(count(reopened)).isEqualTo(1);
    get(reopened.close());
    assertThat(beside("-wal")).doesNotExist();
    assertThat(beside("-shm")).doesNotExist();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("database-") && thread.isAlive());
  }

  @Test
  void findsWhatWasAnsweredAfterTheProcessWasKilled() throws IOException {
    for (int i = 0; i < 50; i++) {
      Database writer = i % 2 == 0 ? database() : database().relaxed();
      get(writer.update(INSERT, i, new byte[1000]));
    }
    // What lies on the disk now is what a killed process would leave.
    Path copy = other.resolve("copy.db");
    Files.copy(sqlite.file(), copy);
    Files.copy(beside("-wal"), other.resolve("copy.db-wal"));
    Database survivor =
        get(
            SqliteDatabase.open(
                SqliteOptions.of(copy),
                sqlite.vertx(),
                new SimpleMeterRegistry(),
                sqlite.fatal()::add));
    assertThat(count(survivor)).isEqualTo(50);
    get(survivor.close());
  }

  @Test
  void keepsItsLogBoundedUnderSteadyReads() throws IOException {
    List<Future<Integer>> writes = new ArrayList<>();
    List<Future<List<Long>>> reads = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      reads.add(database().query(COUNT, row -> row.number("n")));
      writes.add(database().relaxed().update(INSERT, i, new byte[20_000]));
      if (i % 500 == 499) {
        writes.forEach(SqliteExtension::get);
        reads.forEach(SqliteExtension::get);
      }
    }
    // 60 MB were written; a log starts anew after 2000 pages and what one group adds to them.
    assertThat(Files.size(beside("-wal"))).isLessThan(24_000_000);
    assertThat(sqlite.meters().get("slipway.database.checkpoints").timer().count()).isPositive();
  }

  @Test
  void stopsEverythingWhenTheFileIsDamaged() throws IOException {
    for (int i = 0; i < 100; i++) {
      get(database().relaxed().update(INSERT, i, new byte[1000]));
    }
    sqlite.reopen();
    try (RandomAccessFile file = new RandomAccessFile(sqlite.file().toFile(), "rw")) {
      file.seek(4096);
      file.write(new byte[(int) file.length() - 4096]);
    }
    assertReason(Reason.OTHER, () -> get(database().update(INSERT, 1000, null)));
    assertThat(sqlite.fatal()).hasSize(1);
    assertReason(Reason.UNAVAILABLE, () -> get(database().update(INSERT, 1001, null)));
    assertReason(Reason.UNAVAILABLE, () -> count(database()));
    assertThat(sqlite.fatal()).hasSize(1);
  }

  @Test
  void preparesMoreStatementsThanItKeeps() {
    for (int i = 0; i < 600; i++) {
      String sql = "SELECT count(*) + " + i + " AS n FROM item";
      assertThat(get(database().first(sql, row -> row.number("n")))).contains((long) i);
    }
  }
}
