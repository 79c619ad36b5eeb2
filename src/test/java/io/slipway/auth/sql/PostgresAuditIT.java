package io.slipway.auth.sql;

import io.slipway.database.Database;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresExtension;
import io.slipway.testing.SqliteExtension;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;

@OneProfile("of PostgreSQL, without a registry")
final class PostgresAuditIT implements AuditContract {
  @RegisterExtension final PostgresExtension postgres = new PostgresExtension();

  @Override
  public Database database() {
    return postgres.database();
  }

  @Override
  public List<String> plan(String sql, @Nullable Object... arguments) {
    SqliteExtension.get(database().update("ANALYZE audit"));
    return SqliteExtension.get(
        database()
            .query(
                "EXPLAIN (ANALYZE, COSTS OFF) " + sql, row -> row.string("QUERY PLAN"), arguments));
  }
}
