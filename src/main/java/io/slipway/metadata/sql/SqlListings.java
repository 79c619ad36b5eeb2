package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.metadata.Listings;
import io.slipway.oci.RepositoryName;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Lists names by key, so that the last page costs what the first one does. */
public final class SqlListings implements Listings {
  /**
   * Steps from one repository with a manifest to the next in the index of manifests: looking at
   * every repository instead would take as long as there are empty ones in a row. Its last row may
   * be without a name.
   */
  static final String PAGE =
      """
      WITH RECURSIVE page (name, number) AS (
        SELECT (SELECT m.repo FROM manifest m WHERE m.repo > $1 ORDER BY m.repo LIMIT 1), 1
        UNION ALL
        SELECT
          (SELECT m.repo FROM manifest m WHERE m.repo > p.name ORDER BY m.repo LIMIT 1),
          p.number + 1
        FROM page p WHERE p.name IS NOT NULL AND p.number < $2
      )
      """;

  private static final String REPOSITORIES =
      PAGE + "SELECT name FROM page WHERE name IS NOT NULL ORDER BY name";

  private static final String TAGS =
      """
      SELECT name FROM tag WHERE repo = $1 AND name > $2 AND digest IS NOT NULL
      ORDER BY name LIMIT $3
      """;
  private static final String EXISTS = "SELECT name FROM repository WHERE name = $1";

  private final Database database;

  public SqlListings(Database database) {
    this.database = database;
  }

  @Override
  public Future<List<String>> repositories(String after, int limit) {
    return database.query(REPOSITORIES, row -> row.string("name"), after, limit);
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
