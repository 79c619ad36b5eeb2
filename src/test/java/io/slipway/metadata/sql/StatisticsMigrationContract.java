package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Database;
import io.slipway.database.SqlText;
import io.slipway.metadata.Statistics;
import io.slipway.oci.RepositoryFilter;
import io.slipway.testing.CountedStatistics;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of a database that was made before there were statistics. */
interface StatisticsMigrationContract {
  /** Returns a database without tables. */
  Database empty();

  List<String> BEFORE =
      List.of(
          "INSERT INTO repository (name, created_at) VALUES ('a', 1), ('b', 1), ('none', 1)",
          """
          INSERT INTO blob (digest, size, location, created_at, touched_at)
          VALUES ('x', 10, 'x', 1, 1), ('y', 5, 'y', 1, 1), ('z', 1, 'z', 1, 1)
          """,
          "INSERT INTO link (repo, digest, touched_at) VALUES ('a', 'x', 1), ('a', 'y', 1),"
              + " ('b', 'x', 1)",
          """
          INSERT INTO manifest (repo, digest, media_type, artifact_type, annotations, size,
            image_size, created_at, touched_at, content)
          VALUES ('a', 'm1', '', '', '', 1, 15, 5, 9, $1), ('a', 'm2', '', '', '', 1, 0, 7, 7, $1),
            ('a', 'm3', '', '', '', 1, 9223372036854775807, 6, 6, $1),
            ('b', 'm1', '', '', '', 1, 10, 5, 5, $1)
          """,
          """
          INSERT INTO tag (repo, name, digest, version, updated_at)
          VALUES ('a', 't', 'm1', 2, 9), ('a', 'gone', NULL, 2, 9)
          """,
          """
          INSERT INTO tag_history (repo, name, version, digest, actor, started_at, ended_at)
          VALUES ('a', 't', 1, 'm3', '', 6, 9), ('a', 't', 2, 'm1', '', 9, NULL),
            ('a', 'gone', 1, 'm3', '', 6, 9), ('a', 'gone', 2, NULL, '', 9, NULL),
            ('b', 'before', 1, 'm1', '', 2, 3)
          """);

  @Test
  default void countsWhatIsThere() {
    Database database = empty();
    run(database, script("001-schema.sql"));
    run(database, script("002-upload-resume.sql"));
    run(database, script("003-reference-order.sql"));
    run(database, BEFORE);
    run(database, script("004-statistics.sql"));
    Statistics expected =
        new Statistics(2, 4, 2, 1, 3, 16, (25 + Tally.MOST_IMAGE_SIZE) / 3, 0, 0, 0);
    SqlStatistics statistics = new SqlStatistics(database);
    assertThat(get(statistics.totals())).isEqualTo(expected);
    assertThat(get(statistics.repositories(RepositoryFilter.ALL, "", 9)).toString())
        .isEqualTo(
            "[RepositoryStatistics[name=a, tags=1, images=2, bytes=15,"
                + " lastPush=Optional[1970-01-01T00:00:00.007Z]], RepositoryStatistics[name=b,"
                + " tags=0, images=0, bytes=10, lastPush=Optional[1970-01-01T00:00:00.005Z]]]");
    new CountedStatistics(sql -> get(database.query(sql, row -> row.string("value"))))
        .requireAgreement();
  }

  @Test
  default void beginsWithNothingInANewDatabase() {
    Database database = empty();
    run(database, script("001-schema.sql"));
    run(database, script("002-upload-resume.sql"));
    run(database, script("003-reference-order.sql"));
    run(database, script("004-statistics.sql"));
    assertThat(get(new SqlStatistics(database).totals())).isEqualTo(Statistics.NONE);
  }

  private static void run(Database database, List<String> statements) {
    get(
        database.exclusively(
            transaction -> {
              Future<Integer> last = Future.succeededFuture(0);
              for (String statement : statements) {
                Object[] content =
                    statement.contains("$1") ? new Object[] {new byte[0]} : new Object[0];
                last = last.compose(ignored -> transaction.update(statement, content));
              }
              return last;
            }));
  }

  private static List<String> script(String name) {
    try (InputStream in =
        StatisticsMigrationContract.class.getClassLoader().getResourceAsStream("db/" + name)) {
      return SqlText.statements(new String(requireNonNull(in, name).readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }
}
