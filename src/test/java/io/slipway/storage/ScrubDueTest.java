package io.slipway.storage;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Migrations;
import io.slipway.metadata.Scrubbed;
import io.slipway.metadata.sql.SqlScrubbed;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When the next scrub is due, by the clock of the database. */
class ScrubDueTest {
  private static final Duration INTERVAL = Duration.ofHours(1);

  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();
  private Scrubbed metadata;

  @BeforeEach
  void migrate() {
    get(Migrations.bundled().apply(sqlite.database()));
    metadata = new SqlScrubbed(sqlite.database());
  }

  private boolean isDueAfterAnEnd(Duration ago) {
    long ended = get(metadata.now()) - ago.toMillis();
    get(metadata.keep(new JsonObject().put("running", false).put("ended_at", ended).encode()));
    return get(Scrub.isDue(metadata, INTERVAL));
  }

  @Test
  void isDueWhenTheLastEndedLongAgoOrNever() {
    assertThat(get(Scrub.isDue(metadata, INTERVAL))).isTrue();
    assertThat(isDueAfterAnEnd(Duration.ofMinutes(59))).isFalse();
    assertThat(isDueAfterAnEnd(Duration.ofMinutes(61))).isTrue();
  }

  /** A node of an earlier release wrote down what its own clock said. */
  @Test
  void isDueWhenTheLastEndedInTimeToCome() {
    assertThat(isDueAfterAnEnd(Duration.ofDays(-30))).isTrue();
  }
}
