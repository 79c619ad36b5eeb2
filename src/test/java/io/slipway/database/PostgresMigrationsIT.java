package io.slipway.database;

import static io.slipway.database.DatabaseContract.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresExtension;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@OneProfile("of PostgreSQL, without a registry")
final class PostgresMigrationsIT {
  @RegisterExtension final PostgresExtension postgres = new PostgresExtension();

  private static final Migrations OWN = Migrations.bundled();

  private List<String> applied() {
    return get(
        postgres
            .database()
            .query("SELECT name FROM schema_version ORDER BY version", row -> row.string("name")));
  }

  @BeforeEach
  void dropEverything() {
    get(postgres.database().update("DROP SCHEMA public CASCADE"));
    get(postgres.database().update("CREATE SCHEMA public"));
  }

  @Test
  void appliesEachOnceWhenNodesStartTogether() {
    List<Database> nodes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      nodes.add(postgres.open());
    }
    for (int round = 0; round < 5; round++) {
      dropEverything();
      List<Future<Integer>> starts = nodes.stream().map(OWN::apply).toList();
      int sum = starts.stream().mapToInt(DatabaseContract::get).sum();
      assertThat(applied()).hasSize(sum);
    }
  }

  @Test
  void leavesNothingOfAScriptThatFails() {
    assertThatThrownBy(() -> get(Migrations.in("db-test/broken").apply(postgres.database())))
        .hasMessageContaining("nowhere");
    assertThat(applied()).isEmpty();
    assertThatThrownBy(() -> get(postgres.database().update("DELETE FROM half")))
        .hasMessageContaining("\"half\" does not exist");
  }
}
