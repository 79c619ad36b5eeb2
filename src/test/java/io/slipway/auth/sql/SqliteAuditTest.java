package io.slipway.auth.sql;

import io.slipway.database.Database;
import io.slipway.testing.SqliteExtension;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;

final class SqliteAuditTest implements AuditContract {
  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();

  @Override
  public Database database() {
    return sqlite.database();
  }

  @Override
  public List<String> plan(String sql, @Nullable Object... arguments) {
    return SqliteExtension.get(
        database().query("EXPLAIN QUERY PLAN " + sql, row -> row.string("detail"), arguments));
  }
}
