package io.slipway.metadata.sql;

import io.slipway.database.Database;
import io.slipway.testing.OneProfile;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.extension.RegisterExtension;

@OneProfile("of SQLite, without a registry")
final class SqliteGarbageScaleIT implements GarbageScaleContract {
  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();
  @RegisterExtension final SqliteExtension large = new SqliteExtension();

  @Override
  public Database database() {
    return sqlite.database();
  }

  @Override
  public Database large() {
    return large.database();
  }

  @Override
  public Vertx vertx() {
    return sqlite.vertx();
  }
}
