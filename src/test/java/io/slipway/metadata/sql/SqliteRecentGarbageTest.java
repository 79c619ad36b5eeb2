package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.extension.RegisterExtension;

final class SqliteRecentGarbageTest implements RecentGarbageContract {
  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();

  @Override
  public Database database() {
    return sqlite.database();
  }

  @Override
  public Vertx vertx() {
    return sqlite.vertx();
  }
}
