package io.slipway.database;

import static io.slipway.database.DatabaseContract.assertReason;
import static io.slipway.database.DatabaseContract.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.database.DatabaseException.Reason;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every database does with transactions. */
public interface TransactionContract extends DatabaseContract {
  String INSERT = "INSERT INTO item (name, size) VALUES ($1, $2)";
  String SELECT = "SELECT name FROM item WHERE name = $1";

  @Test
  default void commitsAllStatements() {
    Function<Transaction, Future<String>> body =
        transaction ->
            transaction
                .update(INSERT, "a", 1)
                .compose(done -> transaction.update(INSERT, "b", 1))
                .compose(done -> transaction.first(SELECT, row -> row.string("name"), "a"))
                .map(found -> found.orElse("not its own write"));
    assertThat(get(database().transaction(body))).isEqualTo("a");
    assertThat(names()).containsExactly("a", "b");
  }

  @Test
  default void rollsBackWhenTheBodyFailsOrThrows() {
    IllegalStateException ours = new IllegalStateException("ours");
    assertThatThrownBy(
            () ->
                get(
                    database()
                        .transaction(
                            transaction ->
                                transaction
                                    .update(INSERT, "a", 1)
                                    .compose(done -> Future.failedFuture(ours)))))
        .isSameAs(ours);
    assertThatThrownBy(
            () ->
                get(
                    database()
                        .transaction(
                            transaction -> {
                              throw ours;
                            })))
        .isSameAs(ours);
    assertThat(names()).isEmpty();
  }

  @Test
  default void commitsNothingAfterAStatementHasFailed() {
    insert("a", 1);
    Function<Transaction, Future<Integer>> body =
        transaction ->
            transaction
                .update(INSERT, "b", 1)
                .compose(done -> transaction.update(INSERT, "a", 1))
                .recover(failure -> transaction.update(INSERT, "c", 1))
                .recover(failure -> Future.succeededFuture(0));
    assertReason(Reason.UNIQUE_VIOLATION, () -> get(database().transaction(body)));
    assertThat(names()).containsExactly("a");
  }

  @Test
  default void acceptsSeveralStatementsAtOnce() {
    Function<Transaction, Future<Integer>> body =
        transaction ->
            Future.all(
                    IntStream.range(0, 20)
                        .mapToObj(i -> transaction.update(INSERT, "n" + i, i))
                        .toList())
                .map(all -> all.size());
    assertThat(get(database().transaction(body))).isEqualTo(20);
    assertThat(names()).hasSize(20);
  }

  @Test
  default void refusesATransactionThatHasEnded() {
    List<Transaction> kept = new ArrayList<>();
    Function<Transaction, Future<Integer>> body =
        transaction -> {
          kept.add(transaction);
          return transaction.update(INSERT, "a", 1);
        };
    get(database().transaction(body));
    assertThatThrownBy(() -> get(kept.getFirst().update(INSERT, "b", 1)));
    assertThat(names()).containsExactly("a");
  }

  @Test
  default void keepsTransactionsOfManyCallersApart() {
    insert("counter", 0);
    Function<Transaction, Future<Integer>> body =
        transaction ->
            transaction
                .first(
                    "SELECT size FROM item WHERE name = 'counter' FOR UPDATE",
                    row -> row.number("size"))
                .compose(
                    size ->
                        transaction.update(
                            "UPDATE item SET size = $1 WHERE name = 'counter'",
                            size.orElseThrow() + 1));
    List<Future<Integer>> all =
        IntStream.range(0, 200).mapToObj(i -> database().transaction(body)).toList();
    all.forEach(DatabaseContract::get);
    assertThat(
            get(
                database()
                    .first(
                        "SELECT size FROM item WHERE name = 'counter'", row -> row.number("size"))))
        .contains(200L);
  }

  @Test
  default void showsReadersWhatWasAnswered() {
    for (int i = 0; i < 50; i++) {
      Database writer = i % 2 == 0 ? database() : database().relaxed();
      String name = "n" + i;
      get(writer.update(INSERT, name, i));
      assertThat(get(database().first(SELECT, row -> row.string("name"), name))).contains(name);
    }
  }

  @Test
  default void refusesEverythingOnceItIsClosed() {
    insert("a", 1);
    Future<Integer> running = database().update(INSERT, "b", 1);
    get(database().close());
    get(database().close());
    assertThat(running.succeeded()).isTrue();
    assertReason(Reason.UNAVAILABLE, () -> insert("c", 1));
    assertReason(Reason.UNAVAILABLE, this::names);
  }
}
