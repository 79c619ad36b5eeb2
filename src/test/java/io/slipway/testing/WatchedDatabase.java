package io.slipway.testing;

import io.slipway.database.Database;
import io.slipway.database.Row;
import io.slipway.database.RowMapper;
import io.slipway.database.Transaction;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the rows that each single statement of a database gives, and how much of them is read; may
 * do something before or after it.
 */
public final class WatchedDatabase implements Database {
  private final Database database;
  private final List<Integer> rows = new CopyOnWriteArrayList<>();
  private final List<Long> lengths = new CopyOnWriteArrayList<>();

  private final Function<String, Future<?>> before;
  private final Function<String, Future<?>> after;

  public WatchedDatabase(Database database) {
    this(database, Future::succeededFuture);
  }

  /** Makes one that does something between a statement and what its caller does next. */
  public WatchedDatabase(Database database, Supplier<Future<?>> after) {
    this(database, ignored -> Future.succeededFuture(), ignored -> after.get());
  }

  /** Makes one that does something around each query, of which it gets the SQL. */
  public WatchedDatabase(
      Database database, Function<String, Future<?>> before, Function<String, Future<?>> after) {
    this.database = database;
    this.before = before;
    this.after = after;
  }

  public List<Integer> rows() {
    return rows;
  }

  /** Returns how much each statement gave: the characters of text and the bytes that were read. */
  public List<Long> lengths() {
    return lengths;
  }

  @Override
  public <T> Future<List<T>> query(String sql, RowMapper<T> mapper, @Nullable Object... arguments) {
    LongAdder length = new LongAdder();
    return before
        .apply(sql)
        .compose(
            ignored -> database.query(sql, row -> mapper.map(new Measured(row, length)), arguments))
        .onSuccess(
            found -> {
              rows.add(found.size());
              lengths.add(length.sum());
            })
        .compose(found -> after.apply(sql).map(found));
  }

  @Override
  public Future<Integer> update(String sql, @Nullable Object... arguments) {
    return database.update(sql, arguments);
  }

  @Override
  public <T> Future<T> transaction(Function<Transaction, Future<T>> body) {
    return database.transaction(body);
  }

  @Override
  public <T> Future<T> exclusively(Function<Transaction, Future<T>> body) {
    return database.exclusively(body);
  }

  @Override
  public Database relaxed() {
    return database.relaxed();
  }

  @Override
  public Future<Void> close() {
    return database.close();
  }

  /** Adds up how long what is read of a row is. */
  private record Measured(Row row, LongAdder length) implements Row {
    @Override
    public String string(String column) {
      String text = row.string(column);
      length.add(text.length());
      return text;
    }

    @Override
    public @Nullable String stringOrNull(String column) {
      String text = row.stringOrNull(column);
      length.add(text == null ? 0 : text.length());
      return text;
    }

    @Override
    public long number(String column) {
      return row.number(column);
    }

    @Override
    public @Nullable Long numberOrNull(String column) {
      return row.numberOrNull(column);
    }

    @Override
    public boolean flag(String column) {
      return row.flag(column);
    }

    @Override
    public byte[] bytes(String column) {
      byte[] bytes = row.bytes(column);
      length.add(bytes.length);
      return bytes;
    }

    @Override
    public byte @Nullable [] bytesOrNull(String column) {
      byte[] bytes = row.bytesOrNull(column);
      length.add(bytes == null ? 0 : bytes.length);
      return bytes;
    }
  }
}
