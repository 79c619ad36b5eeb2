package io.slipway.database;

import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Brings the schema of a database to the program's, one transaction for each numbered script;
 * several nodes may do so at once.
 */
public final class Migrations {
  private static final String RECORDS =
      "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY,"
          + " name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";
  private static final String RECORD =
      "INSERT INTO schema_version (version, name, checksum, applied_at) VALUES ($1, $2, $3, :now)";

  private final NavigableMap<Integer, Migration> known;

  private Migrations(NavigableMap<Integer, Migration> known) {
    this.known = known;
  }

  /** Reads the program's own scripts. */
  public static Migrations bundled() {
    return in("db");
  }

  /**
   * Reads the scripts of a folder on the class path; its file {@code migrations} names one a line.
   */
  static Migrations in(String folder) {
    NavigableMap<Integer, Migration> known = new TreeMap<>();
    for (String name : resource(folder + "/migrations").lines().toList()) {
      Migration migration = Migration.of(name, resource(folder + "/" + name));
      if (known.put(migration.version(), migration) != null) {
        throw new IllegalStateException("two migrations have the number of " + name);
      }
    }
    return new Migrations(known);
  }

  private static String resource(String path) {
    try (InputStream stream = Migrations.class.getClassLoader().getResourceAsStream(path)) {
      if (stream == null) {
        throw new IllegalStateException(
            "tried to read " + path + " but it is not on the class path");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("tried to read " + path, e);
    }
  }

  /**
   * Applies what is missing and returns how many scripts that were. Fails without a change when the
   * database was made by a newer program, or by one whose scripts differ.
   */
  public Future<Integer> apply(Database database) {
    // Even CREATE TABLE IF NOT EXISTS fails when two nodes do it at once.
    return database
        .exclusively(transaction -> transaction.update(RECORDS))
        .compose(done -> recorded(database))
        .compose(recorded -> applyAfter(database, recorded, 0));
  }

  private Future<Integer> applyAfter(Database database, Map<Long, Applied> recorded, int count) {
    recorded.values().forEach(this::check);
    for (Migration migration : known.values()) {
      if (!recorded.containsKey((long) migration.version())) {
        return applyOne(database, migration)
            .compose(
                applied ->
                    recorded(database)
                        .compose(now -> applyAfter(database, now, count + (applied ? 1 : 0))));
      }
    }
    return Future.succeededFuture(count);
  }

  private static Future<Boolean> applyOne(Database database, Migration migration) {
    // The record first: its key makes a second node wait for this one, and then tells it.
    Function<Transaction, Future<Boolean>> body =
        transaction -> {
          Future<Integer> last =
              transaction.update(
                  RECORD, (long) migration.version(), migration.name(), migration.checksum());
          for (String statement : SqlText.statements(migration.script())) {
            last = last.compose(done -> transaction.update(statement));
          }
          return last.map(true);
        };
    return database
        .exclusively(body)
        .recover(
            failure ->
                failure instanceof DatabaseException e
                        && e.reason() == DatabaseException.Reason.UNIQUE_VIOLATION
                    ? appliedElsewhere(database, migration, e)
                    : Future.failedFuture(failure));
  }

  private static Future<Boolean> appliedElsewhere(
      Database database, Migration migration, DatabaseException failure) {
    return recorded(database)
        .compose(
            recorded ->
                recorded.containsKey((long) migration.version())
                    ? Future.succeededFuture(false)
                    : Future.failedFuture(failure));
  }

  private static Future<Map<Long, Applied>> recorded(Database database) {
    return database
        .query(
            "SELECT version, name, checksum FROM schema_version ORDER BY version",
            row -> new Applied(row.number("version"), row.string("name"), row.string("checksum")))
        .map(rows -> rows.stream().collect(Collectors.toMap(Applied::version, row -> row)));
  }

  private void check(Applied applied) {
    Migration migration = known.get((int) applied.version());
    if (migration == null) {
      throw refusal(
          applied,
          "this program knows "
              + (known.isEmpty() ? "none" : "them up to " + known.lastEntry().getValue().name())
              + ": start a newer program, or restore the backup made before the upgrade");
    }
    if (!migration.checksum().equals(applied.checksum())) {
      throw refusal(
          applied,
          "this program's script of that number differs (checksum "
              + migration.checksum()
              + ", in the database "
              + applied.checksum()
              + "): start the program that made this database, or a later release of it");
    }
  }

  private static DatabaseException refusal(Applied applied, String why) {
    return new DatabaseException(
        DatabaseException.Reason.OTHER,
        "tried to open a database whose schema has the migration "
            + applied.name()
            + " but "
            + why);
  }

  private record Applied(long version, String name, String checksum) {}
}
