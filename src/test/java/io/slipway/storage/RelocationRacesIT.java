package io.slipway.storage;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Migrations;
import io.slipway.metadata.BlobMoves;
import io.slipway.metadata.Trash;
import io.slipway.metadata.sql.SqlBlobMoves;
import io.slipway.metadata.sql.SqlTrash;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresExtension;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Blobs that move home while they are collected, deleted, and pushed again, by several at once: no
 * row is ever without its bytes. Two controls show that the race would find either of the two looks
 * missing.
 */
@OneProfile("of PostgreSQL and a bucket of its own, without a registry")
@Timeout(value = 1, unit = TimeUnit.HOURS)
final class RelocationRacesIT {
  private static final int MOVES = Boolean.getBoolean("slipway.long") ? 5_000 : 300;

  /** A control ends as soon as it has found something: after some hundred moves, mostly. */
  private static final int MOST = 20_000;

  /** Far longer than it takes. */
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  @RegisterExtension final PostgresExtension postgres = new PostgresExtension();

  @BeforeEach
  void makeTables() {
    get(Migrations.bundled().apply(postgres.database()));
  }

  private RelocationRace race(BlobMoves moves, Trash trash, int enough) {
    return new RelocationRace(
        postgres.database(), new LateBucket(postgres.vertx()), moves, trash, enough);
  }

  private BlobMoves moves() {
    return new SqlBlobMoves(postgres.database());
  }

  private Trash trash() {
    return new SqlTrash(postgres.database());
  }

  @Test
  void noRowIsEverWithoutItsBytes() {
    RelocationRace race = race(moves(), trash(), MOVES);
    race.run(PATIENCE);
    tell("with both looks", race);
    assertThat(race.lost()).isEmpty();
    assertThat(race.moved()).as("moves home").isGreaterThanOrEqualTo(MOVES);
    race.requireNothingLeft();
  }

  @Test
  void findsADeletionThatDoesNotLookForNames() {
    RelocationRace race = race(moves(), new BlindTrash(trash()), MOST);
    race.run(PATIENCE);
    tell("without the look of the deletion", race);
    assertThat(race.lost()).isNotEmpty();
  }

  @Test
  void findsARelocationThatDoesNotLookIntoTheTrash() {
    RelocationRace race = race(new BlindMoves(moves()), trash(), MOST);
    race.run(PATIENCE);
    tell("without the look of the relocation", race);
    assertThat(race.lost()).isNotEmpty();
  }

  private static void tell(String how, RelocationRace race) {
    System.out.printf(
        "%s: %d moves home, %d blobs swept, %d keys deleted, lost %d%n",
        how, race.moved(), race.swept(), race.deleted(), race.lost().size());
  }
}
