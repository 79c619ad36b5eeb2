package io.slipway.database.sqlite;

import static io.slipway.database.DatabaseContract.assertReason;
import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.database.Database;
import io.slipway.database.DatabaseException.Reason;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class GroupCommitTest {
  private static final String INSERT = "INSERT INTO item (id, content) VALUES ($1, $2)";

  @RegisterExtension
  final SqliteExtension sqlite = new SqliteExtension(options -> options.withMaxPages(200));

  private double synced;
  private double unsynced;

  @BeforeEach
  void makeTables() {
    get(database().update("CREATE TABLE item (id BIGINT PRIMARY KEY, content BYTEA)"));
    get(
        database()
            .update(
                "CREATE TABLE part (item BIGINT REFERENCES item (id) DEFERRABLE INITIALLY"
                    + " DEFERRED)"));
    synced = commits(true);
    unsynced = commits(false);
  }

  private Database database() {
    return sqlite.database();
  }

  private double commits(boolean sync) {
    return sqlite
        .meters()
        .get("slipway.database.commits")
        .tag("synced", String.valueOf(sync))
        .timer()
        .count();
  }

  /**
   * Keeps the writer busy with one member until it is told to go on, so that others gather behind
   * it.
   */
  private CountDownLatch holdWriter(Database database) {
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    held(database, held, goOn);
    try {
      held.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return goOn;
  }

  private static void held(Database database, CountDownLatch held, CountDownLatch goOn) {
    var _ =
        database.transaction(
            transaction -> {
              held.countDown();
              try {
                goOn.await();
              } catch (InterruptedException e) {
                return Future.failedFuture(e);
              }
              return transaction.update(INSERT, -1, null);
            });
  }

  private List<Long> ids() {
    return get(
        database().query("SELECT id FROM item WHERE id >= 0 ORDER BY id", row -> row.number("id")));
  }

  @Test
  void commitsManyMembersAtOnceAndKeepsTheirFailuresApart() {
    CountDownLatch goOn = holdWriter(database());
    List<Future<Integer>> all = new ArrayList<>();
    IntStream.range(0, 64).forEach(i -> all.add(database().update(INSERT, i % 60, null)));
    all.add(
        database()
            .transaction(
                transaction ->
                    transaction
                        .update(INSERT, 100, null)
                        .compose(done -> transaction.update(INSERT, 0, null))));
    goOn.countDown();
    for (int i = 0; i < 60; i++) {
      assertThat(get(all.get(i))).isEqualTo(1);
    }
    for (Future<Integer> twice : all.subList(60, 65)) {
      assertReason(Reason.UNIQUE_VIOLATION, () -> get(twice));
    }
    assertThat(ids()).hasSize(60).doesNotContain(100L);
    assertThat(commits(true) - synced).isEqualTo(1);
    assertThat(commits(false) - unsynced).isZero();
  }

  @Test
  void syncsAGroupThatHoldsOneStrictMember() {
    CountDownLatch goOn = holdWriter(database());
    Future<Integer> relaxed = database().relaxed().update(INSERT, 1, null);
    goOn.countDown();
    get(relaxed);
    assertThat(commits(true) - synced).isEqualTo(1);
    assertThat(commits(false) - unsynced).isZero();
  }

  @Test
  void letsNoStrictMemberIntoAGroupThatIsNotSynced() {
    CountDownLatch goOn = holdWriter(database().relaxed());
    Future<Integer> relaxed = database().relaxed().update(INSERT, 1, null);
    Future<Integer> strict = database().update(INSERT, 2, null);
    goOn.countDown();
    get(relaxed);
    get(strict);
    assertThat(commits(true) - synced).isEqualTo(1);
    assertThat(commits(false) - unsynced).isEqualTo(1);
    assertThat(ids()).containsExactly(1L, 2L);
  }

  @Test
  void failsAllMembersWhenAFullDiskRolledBackTheirTransaction() {
    CountDownLatch goOn = holdWriter(database());
    Future<Integer> before = database().update(INSERT, 1, null);
    Future<Integer> large = database().update(INSERT, 2, new byte[4 << 20]);
    goOn.countDown();
    assertReason(Reason.FULL, () -> get(before));
    assertReason(Reason.FULL, () -> get(large));
    assertThat(ids()).isEmpty();
    get(database().update(INSERT, 3, null));
    assertThat(ids()).containsExactly(3L);
    assertThat(sqlite.fatal()).isEmpty();
  }

  @Test
  void findsWhoIsToBlameForAConstraintThatIsCheckedAtCommit() {
    CountDownLatch goOn = holdWriter(database());
    Future<Integer> good = database().update(INSERT, 1, null);
    Future<Integer> bad = database().update("INSERT INTO part (item) VALUES (404)");
    Future<Integer> other = database().update(INSERT, 2, null);
    goOn.countDown();
    get(good);
    get(other);
    assertReason(Reason.FOREIGN_KEY_VIOLATION, () -> get(bad));
    assertThat(ids()).containsExactly(1L, 2L);
  }

  @Test
  void outlivesErrorsInABody() {
    Future<Integer> broken =
        database()
            .transaction(
                transaction -> {
                  throw new AssertionError("in the body");
                });
    assertThatThrownBy(() -> get(broken)).hasMessage("in the body");
    get(database().update(INSERT, 1, null));
    assertThat(ids()).containsExactly(1L);
  }

  @Test
  void countsFailures() {
    get(database().update(INSERT, 1, null));
    assertReason(Reason.UNIQUE_VIOLATION, () -> get(database().update(INSERT, 1, null)));
    assertThat(
            sqlite
                .meters()
                .get("slipway.database.failures")
                .tag("reason", "unique_violation")
                .counter()
                .count())
        .isEqualTo(1);
  }
}
