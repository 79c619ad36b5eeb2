package io.slipway.database.postgres;

import io.slipway.database.RowMapper;
import io.slipway.database.StatementTrace;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends statements and makes values of their rows; each is answered or failed in bounded time. */
final class PostgresStatements {
  private final PostgresDialect dialect;
  private final Duration patience;

  /**
   * Takes its parts.
   *
   * @param patience after which a statement counts as failed, whatever the server says later
   */
  PostgresStatements(PostgresDialect dialect, Duration patience) {
    this.dialect = dialect;
    this.patience = patience;
  }

  <T> Future<List<T>> query(
      SqlClient client, String sql, RowMapper<T> mapper, @Nullable Object[] arguments) {
    return run(client, sql, arguments).map(rows -> mapped(rows, mapper));
  }

  Future<Integer> update(SqlClient client, String sql, @Nullable Object[] arguments) {
    return run(client, sql, arguments).map(RowSet::rowCount);
  }

  private Future<RowSet<Row>> run(SqlClient client, String sql, @Nullable Object[] arguments) {
    Tuple values;
    String text;
    try {
      text = dialect.translate(sql, arguments);
      values = Tuple.wrap(PostgresDialect.values(arguments));
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
    StatementTrace.tell(sql);
    return bounded(sql, client.preparedQuery(text).execute(values));
  }

  /** Returns a future that fails as the database does, and after a time anyway. */
  <T> Future<T> bounded(String sql, Future<T> answer) {
    return answer
        .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .recover(cause -> Future.failedFuture(PostgresErrors.of("run " + sql, cause)));
  }

  private static <T> List<T> mapped(RowSet<Row> rows, RowMapper<T> mapper) {
    List<T> values = new ArrayList<>(rows.size());
    for (Row row : rows) {
      values.add(mapper.map(new PostgresRow(row)));
    }
    return values;
  }
}
