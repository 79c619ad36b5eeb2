package io.slipway.database;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class MigrationsTest {
  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();

  private Database database() {
    return sqlite.database();
  }

  private List<String> applied() {
    return get(
        database()
            .query("SELECT name FROM schema_version ORDER BY version", row -> row.string("name")));
  }

  @Test
  void appliesWhatIsMissingOnce() {
    assertThat(get(Migrations.in("db-test/one").apply(database()))).isEqualTo(1);
    assertThat(get(Migrations.in("db-test/two").apply(database()))).isEqualTo(1);
    assertThat(get(Migrations.in("db-test/two").apply(database()))).isZero();
    assertThat(applied()).containsExactly("001-first.sql", "002-second.sql");
    assertThat(get(database().first("SELECT name, size FROM item", row -> row.string("name"))))
        .contains("semi;colon");
  }

  @Test
  void appliesEachOnceWhenTwoNodesStartTogether() {
    Migrations migrations = Migrations.in("db-test/two");
    Future<Integer> one = migrations.apply(database());
    Future<Integer> other = migrations.apply(database());
    assertThat(get(one) + get(other)).isEqualTo(2);
    assertThat(applied()).hasSize(2);
  }

  @Test
  void refusesADatabaseOfANewerProgram() {
    get(Migrations.in("db-test/two").apply(database()));
    assertThatThrownBy(() -> get(Migrations.in("db-test/one").apply(database())))
        .isInstanceOf(DatabaseException.class)
        .hasMessage(
            "tried to open a database whose schema has the migration 002-second.sql but this"
                + " program knows them up to 001-first.sql: start a newer program, or restore the"
                + " backup made before the upgrade");
  }

  @Test
  void refusesAScriptThatWasChanged() {
    get(Migrations.in("db-test/one").apply(database()));
    get(database().update("UPDATE schema_version SET checksum = 'other'"));
    assertThatThrownBy(() -> get(Migrations.in("db-test/two").apply(database())))
        .hasMessageContaining("001-first.sql but this program's script of that number differs");
    assertThat(applied()).hasSize(1);
  }

  @Test
  void leavesNothingOfAScriptThatFails() {
    assertThatThrownBy(() -> get(Migrations.in("db-test/broken").apply(database())))
        .hasMessageContaining("nowhere");
    assertThat(applied()).isEmpty();
    assertThatThrownBy(() -> get(database().update("DELETE FROM half")))
        .hasMessageContaining("no such table: half");
  }

  @Test
  void appliesTheProgramsOwn() {
    int count = get(Migrations.bundled().apply(database()));
    assertThat(count).isPositive();
    assertThat(applied()).hasSize(count);
    assertThat(get(Migrations.bundled().apply(sqlite.reopen()))).isZero();
  }

  @Test
  void refusesFilesThatAreNotNumberedOrNotThere() {
    assertThatThrownBy(() -> Migration.of("first.sql", "")).hasMessageContaining("001-schema.sql");
    assertThatThrownBy(() -> Migrations.in("db-test/missing"))
        .hasMessageContaining("db-test/missing/migrations");
  }
}
