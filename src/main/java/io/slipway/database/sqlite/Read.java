package io.slipway.database.sqlite;

import io.slipway.database.RowMapper;
import io.slipway.runtime.ContextPromise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One statement that reads, for whichever reader is free. */
final class Read<T> implements Job {
  private final String text;
  private final RowMapper<T> mapper;
  private final @Nullable Object[] arguments;
  private final ContextPromise<List<T>> reply;

  Read(
      String text,
      RowMapper<T> mapper,
      @Nullable Object[] arguments,
      ContextPromise<List<T>> reply) {
    this.text = text;
    this.mapper = mapper;
    this.arguments = arguments;
    this.reply = reply;
  }

  void run(SqliteConnection connection) {
    reply.succeed(connection.query(text, mapper, arguments));
  }

  @Override
  public void fail(Throwable failure) {
    reply.fail(failure);
  }
}
