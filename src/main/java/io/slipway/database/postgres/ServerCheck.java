package io.slipway.database.postgres;

import io.slipway.database.Database;
import io.slipway.database.DatabaseException;
import io.slipway.database.PostgresUrl;
import io.slipway.database.Row;
import io.vertx.core.Future;

/** Looks once whether a server keeps what it acknowledges, and is one that we know. */
final class ServerCheck {
  private static final int OLDEST = 140000;
  private static final String SETTINGS =
      """
      SELECT CAST(current_setting('server_version_num') AS BIGINT) AS number,
        current_setting('server_version') AS version,
        current_setting('fsync') AS fsync,
        current_setting('full_page_writes') AS full_page_writes,
        current_setting('synchronous_commit') AS synchronous_commit,
        current_setting('default_transaction_read_only') AS read_only,
        current_setting('server_encoding') AS encoding
      """;

  private final Database database;
  private final PostgresUrl url;

  ServerCheck(Database database, PostgresUrl url) {
    this.database = database;
    this.url = url;
  }

  Future<Void> run() {
    return database
        .query(SETTINGS, this::check)
        .<Void>mapEmpty()
        .recover(
            cause ->
                Future.failedFuture(
                    cause instanceof DatabaseException e && e.getCause() == null
                        ? cause
                        : refusal(reason(cause))));
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return PostgresErrors.text(cause);
  }

  private boolean check(Row row) {
    require(
        row.number("number") >= OLDEST,
        "it is version " + row.string("version") + ": expected 14 or newer");
    require(
        row.string("encoding").equals("UTF8"),
        "its encoding is " + row.string("encoding") + ": create it with ENCODING 'UTF8'");
    require(
        row.string("read_only").equals("off"),
        "default_transaction_read_only is on there, so it takes no changes");
    for (String setting : new String[] {"fsync", "full_page_writes", "synchronous_commit"}) {
      require(
          !row.string(setting).equals("off"),
          setting
              + " is off there, so a loss of power would take back pushes that were acknowledged:"
              + " set "
              + setting
              + " = on");
    }
    return true;
  }

  private void require(boolean right, String otherwise) {
    if (!right) {
      throw refusal(otherwise);
    }
  }

  private DatabaseException refusal(String why) {
    return new DatabaseException(
        DatabaseException.Reason.UNAVAILABLE,
        "tried to use the database "
            + url.database()
            + " at "
            + url.host()
            + ":"
            + url.port()
            + " but "
            + why);
  }
}
