package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.metadata.FileTrash;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Keeps in SQL which files are to be deleted. */
public final class SqlFileTrash implements FileTrash {
  private static final String DUE =
      """
      SELECT location FROM trash t WHERE due <= :now
      AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.location = t.location) ORDER BY due LIMIT $1
      """;
  // Whoever names a file deletes its row: lock, then look.
  private static final String LOCK = "SELECT 1 AS there FROM trash WHERE location = $1 FOR UPDATE";
  private static final String NAMED = "SELECT 1 AS named FROM blob WHERE location = $1";
  private static final String POSTPONE = "UPDATE trash SET due = :now + $2 WHERE location = $1";
  private static final String FORGET = "DELETE FROM trash WHERE location = $1";

  private final Database database;

  public SqlFileTrash(Database database) {
    this.database = database;
  }

  @Override
  public Future<List<String>> due(int limit) {
    return database.query(DUE, row -> row.string("location"), limit);
  }

  @Override
  public Future<Boolean> isNamed(String key) {
    return database.transaction(
        transaction ->
            transaction
                .query(LOCK, row -> row.number("there"), key)
                .compose(ignored -> transaction.first(NAMED, row -> row.number("named"), key))
                .map(Optional::isPresent));
  }

  @Override
  public Future<Void> postpone(String key, Duration by) {
    return database.update(POSTPONE, key, by.toMillis()).mapEmpty();
  }

  @Override
  public Future<Void> forget(String key) {
    // A loss of power may bring the row back, and then the file is looked for once more.
    return database.relaxed().update(FORGET, key).mapEmpty();
  }
}
