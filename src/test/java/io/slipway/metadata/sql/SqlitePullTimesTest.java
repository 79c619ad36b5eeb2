package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.testing.SqliteExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

final class SqlitePullTimesTest implements PullTimesContract {
  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();

  @Override
  public Database database() {
    return sqlite.database();
  }
}
