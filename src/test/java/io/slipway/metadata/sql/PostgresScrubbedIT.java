package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

@OneProfile("of PostgreSQL, without a registry")
final class PostgresScrubbedIT implements ScrubbedContract {
  @RegisterExtension final PostgresExtension postgres = new PostgresExtension();

  @Override
  public Database database() {
    return postgres.database();
  }
}
