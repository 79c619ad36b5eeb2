package io.slipway.database.sqlite;

import static io.slipway.database.DatabaseContract.assertReason;
import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.database.Database;
import io.slipway.database.DatabaseException.Reason;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class SqliteMisuseTest {
  private static final String INSERT = "INSERT INTO item (name) VALUES ($1)";

  @RegisterExtension
  final SqliteExtension sqlite =
      new SqliteExtension(options -> options.withQueue(4).withReaders(1));

  @BeforeEach
  void makeTable() {
    get(database().update("CREATE TABLE item (name TEXT PRIMARY KEY)"));
  }

  private Database database() {
    return sqlite.database();
  }

  private List<String> names() {
    return get(database().query("SELECT name FROM item", row -> row.string("name")));
  }

  @Test
  void refusesABodyThatWaitsForSomethingElse() {
    Promise<String> elsewhere = Promise.promise();
    Future<String> waiting =
        database()
            .transaction(
                transaction -> transaction.update(INSERT, "a").compose(done -> elsewhere.future()));
    assertThatThrownBy(() -> get(waiting)).hasMessageContaining("its body still waits");
    assertThat(names()).isEmpty();
  }

  @Test
  void refusesTheDatabaseInsideABodyAndInsideAMapper() {
    Future<Integer> nested =
        database()
            .transaction(
                transaction ->
                    transaction
                        .update(INSERT, "a")
                        .compose(done -> database().update(INSERT, "b")));
    assertThatThrownBy(() -> get(nested)).hasMessageContaining("from the body of a transaction");
    get(database().update(INSERT, "c"));
    Future<List<Future<Integer>>> mapped =
        database().query("SELECT name FROM item", row -> database().update(INSERT, "d"));
    assertThat(get(mapped).getFirst().failed()).isTrue();
    assertThat(names()).containsExactly("c");
  }

  @Test
  void refusesArgumentsThatDoNotFit() {
    assertThatThrownBy(() -> get(database().update(INSERT)))
        .hasMessageContaining("with 0 arguments but it takes 1");
    assertThatThrownBy(() -> get(database().update(INSERT, 1.5)))
        .hasMessageContaining("class java.lang.Double");
    // STRICT tables: a value of another type is no text.
    assertReason(Reason.OTHER, () -> get(database().update(INSERT, (Object) new byte[] {1, 2})));
    assertThat(names()).isEmpty();
  }

  @Test
  void refusesToChangeAnythingThroughAReader() {
    // The dialect takes it for a read; the connection does not.
    String sql = "EXPLAIN SELECT 1";
    assertThat(get(database().query(sql, row -> true))).isNotEmpty();
    assertReason(
        Reason.OTHER,
        () -> get(database().query("SELECT * FROM item UNION SELECT * FROM nowhere", row -> true)));
  }

  @Test
  void refusesMoreThanTheQueueHolds() throws InterruptedException {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Future<Integer> first =
        database()
            .transaction(
                transaction -> {
                  held.countDown();
                  await(goOn);
                  return transaction.update(INSERT, "first");
                });
    held.await();
    List<Future<Integer>> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiting.add(database().update(INSERT, "n" + i));
    }
    assertReason(Reason.UNAVAILABLE, () -> get(database().update(INSERT, "one too many")));
    assertThat(sqlite.meters().get("slipway.database.queue").tag("lane", "write").gauge().value())
        .isEqualTo(4);
    // Readers have a queue of their own.
    assertThat(names()).isEmpty();
    goOn.countDown();
    get(first);
    waiting.forEach(SqliteExtension::get);
    assertThat(names()).hasSize(5);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void checksItsOptions() {
    SqliteOptions good = SqliteOptions.of(Path.of("a.db"));
    assertThatThrownBy(() -> good.withReaders(0))
        .hasMessage("tried to open SQLite with readers 0 but expected 1 to 64");
    assertThatThrownBy(() -> SqliteOptions.of(Path.of("a?b.db"))).hasMessageContaining("'?'");
    assertThatThrownBy(() -> new SqliteOptions(good.file(), 1, 1, 16, Duration.ofMillis(-1), 0, 0))
        .hasMessageContaining("busyTimeout");
  }

  @Test
  void saysWhichFileItCannotOpen() {
    SqliteOptions missing = SqliteOptions.of(Path.of("/nonexistent/folder/a.db"));
    assertReason(
        Reason.UNAVAILABLE,
        () ->
            get(
                SqliteDatabase.open(
                    missing, sqlite.vertx(), sqlite.meters(), sqlite.fatal()::add)));
    assertThat(sqlite.fatal()).isEmpty();
  }
}
