package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.get;

import io.slipway.database.Database;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

@OneProfile("of PostgreSQL, without a registry")
final class PostgresStatisticsMigrationIT implements StatisticsMigrationContract {
  @RegisterExtension final PostgresExtension postgres = new PostgresExtension();

  @Override
  public Database empty() {
    get(postgres.database().update("DROP SCHEMA public CASCADE"));
    get(postgres.database().update("CREATE SCHEMA public"));
    return postgres.database();
  }
}
