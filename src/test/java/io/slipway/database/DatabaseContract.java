package io.slipway.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.database.DatabaseException.Reason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every database does with single statements; each test finds an empty table {@code item} with
 * a child {@code part}.
 */
public interface DatabaseContract {

  Database database();

  Vertx vertx();

  static <T> T get(Future<T> future) {
    try {
      return future.await(10, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("no answer from the database within 10 s", e);
    }
  }

  static void assertReason(Reason reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .asInstanceOf(InstanceOfAssertFactories.type(DatabaseException.class))
        .extracting(DatabaseException::reason)
        .isEqualTo(reason);
  }

  @BeforeEach
  default void makeTables() {
    get(database().update("DROP TABLE IF EXISTS part"));
    get(database().update("DROP TABLE IF EXISTS item"));
    get(
        database()
            .update(
                "CREATE TABLE item (name TEXT COLLATE \"C\" NOT NULL PRIMARY KEY, size BIGINT,"
                    + " good BOOLEAN NOT NULL DEFAULT FALSE, content BYTEA)"));
    get(
        database()
            .update(
                "CREATE TABLE part (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                    + " item TEXT COLLATE \"C\" NOT NULL REFERENCES item (name))"));
  }

  default int insert(String name, long size) {
    return get(database().update("INSERT INTO item (name, size) VALUES ($1, $2)", name, size));
  }

  default List<String> names() {
    return get(database().query("SELECT name FROM item ORDER BY name", row -> row.string("name")));
  }

  @Test
  default void bindsParametersByTheirNumber() {
    insert("a", 1);
    insert("b", 2);
    String sql = "SELECT name FROM item WHERE size = $2 AND name = $1";
    assertThat(get(database().query(sql, row -> row.string("name"), "b", 2L))).containsExactly("b");
    assertThat(get(database().query(sql, row -> row.string("name"), "b", 1L))).isEmpty();
    String twice = "SELECT name FROM item WHERE name = $2 OR (name = $1 AND name <> $2)";
    assertThat(get(database().query(twice, row -> row.string("name"), "a", "b")))
        .containsExactlyInAnyOrder("a", "b");
  }

  @Test
  default void keepsEveryTypeOfValue() {
    byte[] content = {0, 1, -1};
    String sql = "INSERT INTO item (name, size, good, content) VALUES ($1, $2, $3, $4)";
    assertThat(get(database().update(sql, "it's – ☃", Long.MAX_VALUE, true, content))).isEqualTo(1);
    assertThat(get(database().update(sql, "", null, false, null))).isEqualTo(1);
    assertThat(get(database().update(sql, "empty", 7L, false, new byte[0]))).isEqualTo(1);
    String select = "SELECT name, size, good, content FROM item WHERE name = $1";
    get(
        database()
            .first(select, row -> check(row, "it's – ☃", Long.MAX_VALUE, content), "it's – ☃"));
    get(database().first(select, row -> check(row, "", null, null), ""));
    get(database().first(select, row -> check(row, "empty", 7L, new byte[0]), "empty"));
  }

  private static boolean check(
      Row row, String name, @Nullable Long size, byte @Nullable [] content) {
    assertThat(row.string("name")).isEqualTo(name);
    assertThat(row.numberOrNull("size")).isEqualTo(size);
    assertThat(row.flag("good")).isEqualTo(name.startsWith("it"));
    assertThat(row.bytesOrNull("content")).isEqualTo(content);
    if (size != null && content != null) {
      assertThat(row.number("size")).isEqualTo(size);
      assertThat(row.bytes("content")).isEqualTo(content);
      assertThat(row.stringOrNull("name")).isEqualTo(name);
    }
    return true;
  }

  @Test
  default void refusesNullWhereAValueIsAskedForAndColumnsThatAreNotThere() {
    get(database().update("INSERT INTO item (name) VALUES ($1)", "a"));
    String sql = "SELECT name, size, content FROM item";
    assertThatThrownBy(() -> get(database().query(sql, row -> row.number("size"))))
        .hasMessageContaining("size");
    assertThatThrownBy(() -> get(database().query(sql, row -> row.bytes("content"))))
        .hasMessageContaining("content");
    assertThatThrownBy(() -> get(database().query(sql, row -> row.string("color"))))
        .hasMessageContaining("color");
    assertThat(names()).containsExactly("a");
  }

  @Test
  default void comparesWithAnyOfAList() {
    insert("a", 1);
    insert("b", 2);
    insert("c'\"", 3);
    String sql = "SELECT name FROM item WHERE name = ANY($1) AND size > $2 ORDER BY name";
    assertThat(get(database().query(sql, row -> row.string("name"), List.of("c'\"", "b", "x"), 1L)))
        .containsExactly("b", "c'\"");
    assertThat(get(database().query(sql, row -> row.string("name"), List.of(), 1L))).isEmpty();
  }

  @Test
  default void acceptsRowLocks() {
    insert("a", 1);
    for (String lock :
        List.of("FOR KEY SHARE", "FOR SHARE", "FOR UPDATE", "FOR UPDATE OF i SKIP LOCKED")) {
      String sql = "SELECT name FROM item i WHERE name = ANY($1) ORDER BY name LIMIT 5 " + lock;
      Function<Transaction, Future<List<String>>> body =
          transaction -> transaction.query(sql, row -> row.string("name"), List.of("a"));
      assertThat(get(database().transaction(body))).as(lock).containsExactly("a");
    }
  }

  @Test
  default void readsItsClockInMilliseconds() {
    get(database().update("INSERT INTO item (name, size) VALUES ('$1 :now', :now)"));
    long now =
        get(database()
                .query(
                    "SELECT size FROM item WHERE name = $1 AND size <= :now",
                    row -> row.number("size"),
                    "$1 :now"))
            .getFirst();
    assertThat(Math.abs(System.currentTimeMillis() - now)).isLessThan(60_000);
  }

  @Test
  default void countsAndReturnsWhatItChanged() {
    insert("a", 1);
    insert("b", 1);
    assertThat(get(database().update("UPDATE item SET size = size + $1", 1L))).isEqualTo(2);
    assertThat(get(database().update("UPDATE item SET size = 1 WHERE name = 'x'"))).isZero();
    String upsert =
        "INSERT INTO item (name, size) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET"
            + " size = item.size + 10 RETURNING size";
    assertThat(get(database().first(upsert, row -> row.number("size"), "a"))).contains(12L);
    assertThat(get(database().first(upsert, row -> row.number("size"), "c"))).contains(1L);
    String delete = "DELETE FROM item WHERE size < $1 RETURNING name";
    assertThat(get(database().query(delete, row -> row.string("name"), 10L)))
        .containsExactlyInAnyOrder("b", "c");
    String with = "WITH gone AS (SELECT name FROM item) SELECT count(*) AS n FROM gone";
    assertThat(get(database().first(with, row -> row.number("n")))).contains(1L);
  }

  @Test
  default void neverUsesAnIdAgain() {
    insert("a", 1);
    String sql = "INSERT INTO part (item) VALUES ('a') RETURNING id";
    long first = get(database().query(sql, row -> row.number("id"))).getFirst();
    get(database().update("DELETE FROM part"));
    assertThat(get(database().query(sql, row -> row.number("id"))).getFirst()).isGreaterThan(first);
  }

  @Test
  default void pagesByKeyInByteOrder() {
    List.of("a", "B", "b", "a-b", "ab").forEach(name -> insert(name, 1));
    String sql = "SELECT name FROM item WHERE (size, name) > ($1, $2) ORDER BY size, name LIMIT 2";
    assertThat(get(database().query(sql, row -> row.string("name"), 1L, "a")))
        .containsExactly("a-b", "ab");
    assertThat(names()).containsExactly("B", "a", "a-b", "ab", "b");
  }

  @Test
  default void tellsConstraintsApart() {
    insert("a", 1);
    assertReason(Reason.UNIQUE_VIOLATION, () -> insert("a", 2));
    assertReason(
        Reason.FOREIGN_KEY_VIOLATION,
        () -> get(database().update("INSERT INTO part (item) VALUES ('x')")));
    get(database().update("INSERT INTO part (item) VALUES ('a')"));
    assertReason(Reason.FOREIGN_KEY_VIOLATION, () -> get(database().update("DELETE FROM item")));
    assertReason(
        Reason.OTHER, () -> get(database().update("INSERT INTO item (name) VALUES (NULL)")));
    assertReason(Reason.OTHER, () -> get(database().update("UPDATE nothing SET a = 1")));
    assertThat(names()).containsExactly("a");
  }

  @Test
  default void answersOnTheContextOfTheCaller() {
    Future<Boolean> same =
        Future.future(
            promise ->
                vertx()
                    .runOnContext(
                        start -> {
                          Context context = vertx().getOrCreateContext();
                          names(database())
                              .compose(names -> database().update("DELETE FROM item"))
                              .map(count -> context.equals(Vertx.currentContext()))
                              .onComplete(promise);
                        }));
    assertThat(get(same)).isTrue();
  }

  private static Future<List<String>> names(Database database) {
    return database.query("SELECT name FROM item", row -> row.string("name"));
  }
}
