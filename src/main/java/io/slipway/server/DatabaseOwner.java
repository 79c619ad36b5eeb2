package io.slipway.server;

import io.slipway.database.Database;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Ties a database that others can reach to the one registry whose bytes it knows, in a folder or a
 * bucket: a start with other bytes would find none of those, and end the uploads of the first.
 */
final class DatabaseOwner {
  private static final String CLAIM =
      """
      INSERT INTO setting (name, value, version) VALUES ('storage', $1, 1)
      ON CONFLICT (name) DO NOTHING
      """;
  private static final String OWNER = "SELECT value FROM setting WHERE name = 'storage'";

  /**
   * Another name for each database, a copy is not to go on with what its original began; and for
   * each bucket, a registry has but one.
   */
  private static final String OFFER =
      """
      INSERT INTO setting (name, value, version) VALUES ($1, $2, 1)
      ON CONFLICT (name) DO NOTHING
      """;

  private static final String OFFERED = "SELECT value FROM setting WHERE name = $1";

  private final Database database;

  DatabaseOwner(Database database) {
    this.database = database;
  }

  /** Returns the name of the folder that the database belongs to; empty when it is new. */
  Future<Optional<String>> owner() {
    return database.first(OWNER, row -> row.string("value"));
  }

  /**
   * Returns the name that the registry of a new database is to have, whichever node asks and
   * however often: what a first start that was killed has claimed is claimed by the next.
   *
   * @param databaseName of this very database, which no copy of it has
   * @param bucket where its bytes are to be
   */
  Future<String> offer(String databaseName, String bucket) {
    String setting = "storage of " + databaseName + " in " + bucket;
    return database
        .update(OFFER, setting, UUID.randomUUID().toString())
        .compose(ignored -> database.query(OFFERED, row -> row.string("value"), setting))
        .map(List::getFirst);
  }

  /** Fails with a sentence when the database belongs to another folder. */
  Future<Void> claim(String id, Path folder) {
    return database
        .update(CLAIM, id)
        .compose(ignored -> database.query(OWNER, row -> row.string("value")))
        .compose(
            owners ->
                owners.getFirst().equals(id)
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new IllegalStateException(
                            "tried to use the data folder "
                                + folder
                                + " but the database belongs to another one: give each registry a"
                                + " database of its own, or this one its folder back (its file"
                                + " storage.id says "
                                + owners.getFirst()
                                + ")")));
  }
}
