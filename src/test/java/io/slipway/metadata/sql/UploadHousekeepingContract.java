package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.blob;
import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.metadata.UploadProgress;
import io.slipway.metadata.UploadRow;
import io.slipway.metadata.UploadRow.State;
import io.slipway.metadata.Uploads.UploadHousekeeping;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every database does with upload sessions that nobody goes on with. */
public interface UploadHousekeepingContract extends MetadataContract {
  Duration HOUR = Duration.ofHours(1);
  Duration DAY = Duration.ofDays(1);

  default UploadHousekeeping housekeeping() {
    return uploads().housekeeping();
  }

  default void open(String id) {
    get(uploads().open(id, APP, DigestAlgorithm.SHA256, ACTOR, MANY));
  }

  default UploadRow sealed(String id) {
    open(id);
    get(uploads().begin(id, APP, OptionalLong.empty(), "node"));
    get(uploads().seal(id, row(id).epoch(), UploadProgress.of(id.length()), digest(id)));
    return row(id);
  }

  default void finished(String id) {
    assertThat(get(uploads().finish(sealed(id), blob(id), ACTOR))).isTrue();
  }

  default UploadRow row(String id) {
    return get(uploads().find(id)).orElseThrow();
  }

  default List<String> ids() {
    return rows("SELECT id AS value FROM upload ORDER BY id");
  }

  /** Makes a session look as if its last sign of life was so long ago. */
  default void silence(String id, Duration time) {
    get(
        database()
            .update("UPDATE upload SET beat_at = beat_at - $2 WHERE id = $1", id, time.toMillis()));
  }

  @Test
  default void closesSessionsWithoutASignOfLife() {
    open("fresh");
    open("stale");
    sealed("stale and sealed");
    finished("finished");
    silence("fresh", HOUR.minusMinutes(1));
    for (String id : List.of("stale", "stale and sealed", "finished")) {
      silence(id, HOUR.plusMinutes(1));
    }
    assertThat(get(housekeeping().closeStale(HOUR, DAY))).isEqualTo(2);
    assertThat(row("fresh").state()).isEqualTo(State.OPEN);
    assertThat(row("finished").state()).isEqualTo(State.FINISHED);
    assertThat(get(housekeeping().closed("")))
        .containsExactlyInAnyOrder("stale", "stale and sealed");
    assertThat(get(housekeeping().closeStale(HOUR, DAY))).as("harmless twice").isZero();
  }

  @Test
  default void closesSessionsThatGoOnForTooLong() {
    open("old");
    long old = get(uploads().begin("old", APP, OptionalLong.empty(), "node")).orElseThrow().epoch();
    get(database().update("UPDATE upload SET created_at = created_at - $1", DAY.toMillis() + 1000));
    assertThat(get(housekeeping().closeStale(HOUR, DAY))).isEqualTo(1);
    assertThat(get(uploads().checkpoint("old", old, UploadProgress.of(5), false))).isFalse();
  }

  @Test
  default void letsOneOfFinishAndTheReaperWin() {
    for (int i = 0; i < 20; i++) {
      String id = "u" + i;
      UploadRow upload = sealed(id);
      silence(id, HOUR.plusMinutes(1));
      Future<Integer> reaped;
      Future<Boolean> named;
      if (i % 2 == 0) {
        reaped = housekeeping().closeStale(HOUR, DAY);
        named = uploads().finish(upload, blob(id), ACTOR);
      } else {
        named = uploads().finish(upload, blob(id), ACTOR);
        reaped = housekeeping().closeStale(HOUR, DAY);
      }
      assertThat(get(reaped) + (get(named) ? 1 : 0)).isEqualTo(1);
      assertThat(get(links().find(APP, digest(id))).isPresent()).isEqualTo(get(named));
      assertThat(get(housekeeping().closed("")).contains(id)).isNotEqualTo(get(named));
    }
  }

  @Test
  default void forgetsOnlyClosedSessions() {
    open("open");
    sealed("sealed");
    finished("finished");
    open("closed");
    open("closed too");
    get(uploads().close("closed", APP));
    get(uploads().close("closed too", APP));
    get(housekeeping().forget(List.of("open", "sealed", "finished", "closed", "none")));
    assertThat(ids()).containsExactly("closed too", "finished", "open", "sealed");
    get(housekeeping().forget(List.of()));
    assertThat(ids()).hasSize(4);
  }

  @Test
  default void forgetsTheFinishedSessionsThatWereClearedAway() {
    finished("old");
    finished("new");
    open("open");
    silence("old", Duration.ofMinutes(11));
    List<UploadRow> old = get(housekeeping().finished(Duration.ofMinutes(10), ""));
    assertThat(old).extracting(UploadRow::id).containsExactly("old");
    assertThat(get(housekeeping().finished(Duration.ofMinutes(10), "old"))).isEmpty();
    get(housekeeping().forgetFinished(List.of("old", "open", "none")));
    assertThat(ids()).containsExactly("new", "open");
  }

  @Test
  default void forgetsFinishedSessionsAfterAWhile() {
    finished("old");
    finished("new");
    open("open");
    silence("old", Duration.ofMinutes(11));
    silence("open", Duration.ofMinutes(11));
    get(housekeeping().forgetFinished(Duration.ofMinutes(10)));
    assertThat(ids()).containsExactly("new", "open");
    assertThat(get(links().find(APP, digest("old")))).isPresent();
  }

  @Test
  default void listsUnfinishedSessionsByPages() {
    sealed("b");
    open("c");
    open("a");
    finished("d");
    open("e");
    get(uploads().close("e", APP));
    assertThat(get(housekeeping().unfinished("")))
        .extracting(UploadRow::id)
        .containsExactly("a", "b", "c");
    assertThat(get(housekeeping().unfinished("a"))).containsExactly(row("b"), row("c"));
    assertThat(get(housekeeping().unfinished("c"))).isEmpty();
  }

  @Test
  default void listsAtMostAThousandSessions() {
    List<Future<Boolean>> opened =
        IntStream.range(0, 1002)
            .mapToObj(i -> uploads().open("u" + i, APP, DigestAlgorithm.SHA256, ACTOR, MANY))
            .toList();
    opened.forEach(MetadataContract::get);
    List<UploadRow> page = get(housekeeping().unfinished(""));
    assertThat(page).hasSize(1000);
    assertThat(get(housekeeping().unfinished(page.getLast().id()))).hasSize(2);
    get(housekeeping().closeStale(Duration.ofSeconds(-1), DAY));
    List<String> closed = get(housekeeping().closed(""));
    assertThat(closed).hasSize(1000);
    assertThat(get(housekeeping().closed(closed.getLast()))).hasSize(2);
    get(housekeeping().forget(closed));
    assertThat(get(housekeeping().closed(""))).hasSize(2);
  }

  @Test
  default void freesASessionFromItsDeadWriter() {
    open("u");
    long dead = get(uploads().begin("u", APP, OptionalLong.empty(), "dead")).orElseThrow().epoch();
    get(uploads().checkpoint("u", dead, UploadProgress.of(100), false));
    get(housekeeping().recover("u", 64));
    assertThat(row("u").size()).isEqualTo(64);
    assertThat(get(uploads().checkpoint("u", dead, UploadProgress.of(200), false))).isFalse();
    assertThat(get(uploads().begin("u", APP, OptionalLong.of(64), "alive"))).isPresent();
  }

  @Test
  default void recoversNothingThatHasEnded() {
    finished("finished");
    open("closed");
    get(uploads().close("closed", APP));
    UploadRow finished = row("finished");
    UploadRow closed = row("closed");
    get(housekeeping().recover("finished", 5));
    get(housekeeping().recover("closed", 5));
    assertThat(row("finished")).isEqualTo(finished);
    assertThat(row("closed")).isEqualTo(closed);
  }
}
