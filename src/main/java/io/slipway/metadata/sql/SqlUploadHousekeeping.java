package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.metadata.UploadRow;
import io.slipway.metadata.Uploads.UploadHousekeeping;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/**
 * Ends stale sessions in SQL: of closing and finishing one session exactly one wins, for both
 * change its state.
 */
final class SqlUploadHousekeeping implements UploadHousekeeping {
  private static final String CLOSE_STALE =
      """
      UPDATE upload SET state = 'closed', epoch = epoch + 1
      WHERE state IN ('open', 'sealed') AND id IN
      (SELECT u.id FROM upload u WHERE u.state IN ('open', 'sealed')
        AND (u.beat_at < :now - $1 OR u.created_at < :now - $2)
      ORDER BY u.id FOR UPDATE SKIP LOCKED)
      """;
  private static final String CLOSED =
      "SELECT id FROM upload WHERE state = 'closed' AND id > $1 ORDER BY id LIMIT " + PAGE;
  private static final String FORGET = "DELETE FROM upload WHERE id = ANY($1) AND state = 'closed'";
  private static final String FINISHED =
      "SELECT "
          + SqlUploads.COLUMNS
          + " FROM upload WHERE state = 'finished' AND beat_at < :now - $1 AND id > $2 ORDER BY id LIMIT "
          + PAGE;
  private static final String FORGET_THESE =
      "DELETE FROM upload WHERE id = ANY($1) AND state = 'finished'";
  private static final String FORGET_FINISHED =
      "DELETE FROM upload WHERE state = 'finished' AND beat_at < :now - $1";
  private static final String UNFINISHED =
      "SELECT "
          + SqlUploads.COLUMNS
          + " FROM upload WHERE state IN ('open', 'sealed') AND id > $1 ORDER BY id LIMIT "
          + PAGE;
  private static final String RECOVER =
      """
      UPDATE upload SET size = $2, writer = NULL, epoch = epoch + 1,
        next_part = next_part + CASE WHEN writer IS NULL THEN 0 ELSE 8 END
      WHERE id = $1 AND state IN ('open', 'sealed')
      """;

  private final Database database;

  SqlUploadHousekeeping(Database database) {
    this.database = database;
  }

  @Override
  public Future<Integer> closeStale(Duration timeout, Duration maxAge) {
    return database.update(CLOSE_STALE, timeout.toMillis(), maxAge.toMillis());
  }

  @Override
  public Future<List<String>> closed(String after) {
    return database.query(CLOSED, row -> row.string("id"), after);
  }

  @Override
  public Future<Void> forget(List<String> ids) {
    return database.update(FORGET, ids).mapEmpty();
  }

  @Override
  public Future<List<UploadRow>> finished(Duration age, String after) {
    return database.query(FINISHED, SqlUploads::upload, age.toMillis(), after);
  }

  @Override
  public Future<Void> forgetFinished(List<String> ids) {
    return database.update(FORGET_THESE, ids).mapEmpty();
  }

  @Override
  public Future<Void> forgetFinished(Duration age) {
    return database.update(FORGET_FINISHED, age.toMillis()).mapEmpty();
  }

  @Override
  public Future<List<UploadRow>> unfinished(String after) {
    return database.query(UNFINISHED, SqlUploads::upload, after);
  }

  @Override
  public Future<Void> recover(String id, long size) {
    return database.update(RECOVER, id, size).mapEmpty();
  }
}
