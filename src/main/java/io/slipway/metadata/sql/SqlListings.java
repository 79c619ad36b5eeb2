package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.metadata.Listings;
import io.slipway.oci.RepositoryFilter;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Lists names by key, so that the last page costs what the first one does. */
public final class SqlListings implements Listings {
  private static final String REPOSITORIES = "SELECT name FROM names ORDER BY name";

  private static final String TAGS =
      """
      SELECT name FROM tag WHERE repo = $1 AND name > $2 AND digest IS NOT NULL
      ORDER BY name LIMIT $3
      """;
  private static final String EXISTS = "SELECT name FROM repository WHERE name = $1";

  private final Database database;
  private final NamePages repositories;

  public SqlListings(Database database) {
    this.database = database;
    this.repositories = new NamePages(database, REPOSITORIES);
  }

  @Override
  public Future<List<String>> repositories(RepositoryFilter filter, String after, int limit) {
    return repositories.read(filter, after, limit, row -> row.string("name"));
  }

  @Override
  public Future<List<String>> tags(RepositoryName repository, String after, int limit) {
    return database.query(TAGS, row -> row.string("name"), repository.text(), after, limit);
  }

  @Override
  public Future<Boolean> exists(RepositoryName repository) {
    return database
        .first(EXISTS, row -> row.string("name"), repository.text())
        .map(Optional::isPresent);
  }
}
