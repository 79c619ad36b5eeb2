package io.slipway.database.sqlite;

import io.slipway.database.Database;
import io.slipway.database.TransactionContract;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.extension.RegisterExtension;

final class SqliteDatabaseTest implements TransactionContract {
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
