package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.blob;
import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.MetadataContract.winners;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.DatabaseException;
import io.slipway.event.Actor;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.UploadProgress;
import io.slipway.metadata.UploadRow;
import io.slipway.metadata.UploadRow.State;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/** What every database does with upload sessions: of two writers exactly one counts. */
public interface UploadsContract extends MetadataContract {
  String ID = "5f3c";

  default void open() {
    get(uploads().open(ID, APP, DigestAlgorithm.SHA256, ACTOR, MANY));
  }

  default UploadRow row() {
    return get(uploads().find(ID)).orElseThrow();
  }

  default Optional<UploadRow> begin(OptionalLong start) {
    return get(uploads().begin(ID, APP, start, "node"));
  }

  default long begin() {
    return begin(OptionalLong.empty()).orElseThrow().epoch();
  }

  /** Makes the writer look as if it had been silent for so long. */
  default void silence(long milliseconds) {
    get(database().update("UPDATE upload SET beat_at = beat_at - $1", milliseconds));
  }

  default UploadRow sealed(String content) {
    open();
    assertThat(
            get(uploads().seal(ID, begin(), UploadProgress.of(content.length()), digest(content))))
        .isTrue();
    return row();
  }

  @Test
  default void opensNoMoreSessionsOfAnActorThanItMayHave() {
    open();
    assertThat(opens("second", ACTOR, 3)).isTrue();
    long epoch =
        get(uploads().begin("second", APP, OptionalLong.empty(), "node")).orElseThrow().epoch();
    get(uploads().seal("second", epoch, UploadProgress.of(6), digest("second")));
    assertThat(opens("third", ACTOR, 3)).isTrue();
    assertThat(opens("fourth", ACTOR, 3)).isFalse();
    assertThat(get(uploads().find("fourth"))).isEmpty();
    assertThat(opens("of another", Actor.named("bob"), 3)).isTrue();
    assertThat(get(uploads().close("third", APP))).isTrue();
    assertThat(opens("fifth", ACTOR, 3)).isTrue();
    assertThat(opens("sixth", ACTOR, 3)).isFalse();
    assertThat(
            get(
                uploads()
                    .finish(get(uploads().find("second")).orElseThrow(), blob("second"), ACTOR)))
        .isTrue();
    assertThat(opens("seventh", ACTOR, 3)).isTrue();
  }

  default boolean opens(String id, Actor actor, int most) {
    return get(uploads().open(id, APP, DigestAlgorithm.SHA256, actor, most));
  }

  @Test
  default void opensASession() {
    open();
    assertThat(row())
        .isEqualTo(
            new UploadRow(
                ID,
                APP,
                ACTOR.name(),
                DigestAlgorithm.SHA256,
                State.OPEN,
                0,
                0,
                Optional.empty(),
                UploadProgress.of(0),
                Optional.empty()));
    get(uploads().open("other", OTHER, DigestAlgorithm.SHA512, ACTOR, MANY));
    assertThat(get(uploads().find("other")).map(UploadRow::algorithm))
        .contains(DigestAlgorithm.SHA512);
    assertThat(get(uploads().find("none"))).isEmpty();
    Assertions.assertThatThrownBy(this::open).isInstanceOf(DatabaseException.class);
  }

  @Test
  default void beginsWhereTheUploadEnds() {
    open();
    UploadRow begun = begin(OptionalLong.of(0)).orElseThrow();
    assertThat(begun.epoch()).isPositive();
    assertThat(begun.epochBefore()).isZero();
    assertThat(get(uploads().checkpoint(ID, begun.epoch(), UploadProgress.of(100), true))).isTrue();
    assertThat(begin(OptionalLong.of(0))).isEmpty();
    assertThat(begin(OptionalLong.of(99))).isEmpty();
    assertThat(begin(OptionalLong.of(101))).isEmpty();
    assertThat(row().epoch()).as("a refused writer changes nothing").isEqualTo(begun.epoch());
    UploadRow next = begin(OptionalLong.of(100)).orElseThrow();
    assertThat(next.size()).isEqualTo(100);
    assertThat(next.epoch()).isGreaterThan(begun.epoch());
    assertThat(next.epochBefore()).isEqualTo(begun.epoch());
  }

  @Test
  default void beginsWhereNoSmallNumberReaches() {
    long far = 5_000_000_000L;
    open();
    get(uploads().checkpoint(ID, begin(), UploadProgress.of(far), true));
    assertThat(begin(OptionalLong.of(far & 0xffff_ffffL))).isEmpty();
    assertThat(begin(OptionalLong.of(far)).map(UploadRow::size)).contains(far);
  }

  @Test
  default void beginsOnlyInItsRepository() {
    open();
    assertThat(get(uploads().begin(ID, OTHER, OptionalLong.empty(), "node"))).isEmpty();
    assertThat(get(uploads().begin("none", APP, OptionalLong.empty(), "node"))).isEmpty();
  }

  @Test
  default void hasOneWriterAtATime() {
    open();
    long epoch = begin();
    assertThat(beginElsewhere()).isEmpty();
    get(uploads().checkpoint(ID, epoch, UploadProgress.of(10), false));
    assertThat(beginElsewhere()).isEmpty();
    get(uploads().checkpoint(ID, epoch, UploadProgress.of(20), true));
    assertThat(beginElsewhere().map(UploadRow::size)).contains(20L);
  }

  @Test
  default void keepsWhatAStoreNeedsToGoOn() {
    open();
    Buffer resume = Buffer.buffer(new byte[] {0, 1, -1});
    UploadProgress progress = new UploadProgress(7, 3, resume);
    assertThat(get(uploads().checkpoint(ID, begin(), progress, true))).isTrue();
    assertThat(row().progress()).isEqualTo(progress);
    UploadRow next = begin(OptionalLong.of(7)).orElseThrow();
    assertThat(next.progress()).isEqualTo(progress);
    assertThat(get(uploads().seal(ID, next.epoch(), progress, digest("a")))).isTrue();
    assertThat(row().progress()).isEqualTo(progress);
  }

  @Test
  default void skipsPartNumbersThatAWriterMayStillUse() {
    open();
    get(uploads().checkpoint(ID, begin(), new UploadProgress(7, 3, null), false));
    silence(11_000);
    assertThat(beginElsewhere().map(row -> row.progress().nextPart())).contains(11L);
    silence(11_000);
    assertThat(begin(OptionalLong.of(7)).map(row -> row.progress().nextPart()))
        .as("neither of two silent writers is overtaken")
        .contains(19L);
  }

  /** As a clock leaves it that was years ahead, and is right again. */
  @Test
  default void believesNoSignOfLifeThatIsYetToCome() {
    open();
    begin();
    silence(-5_000);
    assertThat(beginElsewhere()).as("set back by a moment").isEmpty();
    silence(-Duration.ofDays(3650).toMillis());
    assertThat(beginElsewhere()).isPresent();
  }

  private Optional<UploadRow> beginElsewhere() {
    return get(uploads().begin(ID, APP, OptionalLong.empty(), "another node"));
  }

  @Test
  default void isNotHeldUpByAWriterOfItsOwnNode() {
    open();
    long lost = begin();
    assertThat(begin(OptionalLong.empty()).map(UploadRow::epochBefore)).contains(lost);
    assertThat(get(uploads().checkpoint(ID, lost, UploadProgress.of(500), true))).isFalse();
  }

  /** As a loss of power leaves the database: the beginning of a turn was not on its disk. */
  @Test
  default void givesNoTwoTurnsTheSameEpoch() {
    open();
    long lost = begin();
    get(database().update("UPDATE upload SET epoch = 0, writer = NULL"));
    UploadRow begun = beginElsewhere().orElseThrow();
    assertThat(begun.epochBefore()).isZero();
    long next = begun.epoch();
    assertThat(next).isNotEqualTo(lost);
    assertThat(get(uploads().checkpoint(ID, lost, UploadProgress.of(500), false))).isFalse();
    assertThat(get(uploads().seal(ID, lost, UploadProgress.of(500), digest("a")))).isFalse();
    assertThat(get(uploads().checkpoint(ID, next, UploadProgress.of(7), true))).isTrue();
  }

  @Test
  default void letsOneOfManyWritersBegin() {
    open();
    List<Future<Boolean>> begun =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    uploads()
                        .begin(ID, APP, OptionalLong.of(0), "node" + i)
                        .map(Optional::isPresent))
            .toList();
    assertThat(winners(begun)).isEqualTo(1);
    assertThat(row().epoch()).isPositive();
  }

  @Test
  default void countsNothingOfAWriterThatWasReplaced() {
    open();
    long asleep = begin();
    silence(9_000);
    assertThat(beginElsewhere()).as("alive for 10 s").isEmpty();
    silence(2_000);
    long awake = beginElsewhere().orElseThrow().epoch();
    assertThat(awake).isGreaterThan(asleep);
    assertThat(get(uploads().checkpoint(ID, asleep, UploadProgress.of(500), false))).isFalse();
    assertThat(get(uploads().checkpoint(ID, asleep, UploadProgress.of(500), true))).isFalse();
    assertThat(get(uploads().seal(ID, asleep, UploadProgress.of(500), digest("a")))).isFalse();
    assertThat(row().size()).isZero();
    assertThat(begin(OptionalLong.empty())).as("nor frees it the session").isEmpty();
    assertThat(get(uploads().checkpoint(ID, awake, UploadProgress.of(7), false))).isTrue();
    assertThat(row().size()).isEqualTo(7);
  }

  /** A statement whose connection broke may be carried out after one that came later. */
  @Test
  default void countsNothingOfAWriterThatSaidItsLast() {
    open();
    long epoch = begin();
    assertThat(row().writing()).isTrue();
    assertThat(get(uploads().checkpoint(ID, epoch, UploadProgress.of(500), true))).isTrue();
    UploadRow last = row();
    assertThat(last.writing()).isFalse();
    assertThat(get(uploads().checkpoint(ID, epoch, UploadProgress.of(200), false))).isFalse();
    assertThat(get(uploads().checkpoint(ID, epoch, UploadProgress.of(200), true))).isFalse();
    assertThat(get(uploads().seal(ID, epoch, UploadProgress.of(200), digest("a")))).isFalse();
    assertThat(row()).isEqualTo(last);
  }

  @Test
  default void skipsThePartsAReplacedWriterMayStillUse() {
    String parts = "SELECT CAST(next_part AS TEXT) AS value FROM upload";
    open();
    get(uploads().checkpoint(ID, begin(), UploadProgress.of(10), true));
    begin();
    assertThat(rows(parts)).containsExactly("1");
    silence(11_000);
    begin();
    assertThat(rows(parts)).containsExactly("9");
  }

  @Test
  default void fixesSizeAndDigestOnce() {
    UploadRow sealed = sealed("abc");
    assertThat(sealed.state()).isEqualTo(State.SEALED);
    assertThat(sealed.size()).isEqualTo(3);
    assertThat(sealed.digest()).contains(digest("abc"));
    assertThat(get(uploads().checkpoint(ID, sealed.epoch(), UploadProgress.of(9), true))).isFalse();
    assertThat(get(uploads().seal(ID, sealed.epoch(), UploadProgress.of(3), digest("xyz"))))
        .isFalse();
    assertThat(begin(OptionalLong.empty())).isEmpty();
    assertThat(row()).isEqualTo(sealed);
  }

  @Test
  default void namesTheBytesWhenItFinishes() {
    UploadRow sealed = sealed("abc");
    assertThat(get(uploads().finish(sealed, blob("abc"), ACTOR))).isTrue();
    assertThat(get(links().find(APP, digest("abc")))).isPresent();
    assertThat(events()).containsExactly("blob.pushed");
    assertThat(lastEvent().getString("repository")).isEqualTo(APP.text());
    // A repeated request finds the answer to the first one.
    assertThat(row().state()).isEqualTo(State.FINISHED);
    assertThat(row().digest()).contains(digest("abc"));
    assertThat(get(uploads().finish(sealed, blob("abc"), ACTOR))).isFalse();
    assertThat(events()).hasSize(1);
    assertThat(get(uploads().close(ID, APP))).isFalse();
    assertThat(begin(OptionalLong.empty())).isEmpty();
    assertThat(row().state()).isEqualTo(State.FINISHED);
  }

  @Test
  default void namesNothingThatWasNotSealed() {
    open();
    assertThat(get(uploads().finish(row(), blob("abc"), ACTOR))).isFalse();
    assertNothingWritten();
  }

  @Test
  default void namesNoOtherDigestThanTheSealedOne() {
    // A writer seals and sleeps; another one brings other bytes of the same size.
    UploadRow sealed = sealed("abc");
    assertThat(get(uploads().seal(ID, sealed.epoch(), UploadProgress.of(3), digest("xyz"))))
        .isFalse();
    assertThat(get(uploads().finish(sealed, blob("xyz"), ACTOR))).isFalse();
    assertNothingWritten();
    assertThat(get(uploads().finish(sealed, blob("abc"), ACTOR))).isTrue();
  }

  @Test
  default void namesNothingOnceItIsClosed() {
    UploadRow sealed = sealed("abc");
    assertThat(get(uploads().close(ID, APP))).isTrue();
    assertThat(get(uploads().finish(sealed, blob("abc"), ACTOR))).isFalse();
    assertNothingWritten();
    assertThat(row().state()).isEqualTo(State.CLOSED);
  }

  @Test
  default void closesOnceAndOnlyInItsRepository() {
    open();
    long epoch = begin();
    assertThat(get(uploads().close(ID, OTHER))).isFalse();
    assertThat(get(uploads().close("none", APP))).isFalse();
    assertThat(get(uploads().close(ID, APP))).isTrue();
    assertThat(get(uploads().close(ID, APP))).isFalse();
    assertThat(get(uploads().checkpoint(ID, epoch, UploadProgress.of(5), true))).isFalse();
    assertThat(get(uploads().seal(ID, epoch, UploadProgress.of(5), digest("a")))).isFalse();
    assertThat(begin(OptionalLong.empty())).isEmpty();
  }

  @Test
  default void letsOneOfFinishAndCloseWin() {
    List<UploadRow> sealed = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String id = "u" + i;
      get(uploads().open(id, APP, DigestAlgorithm.SHA256, ACTOR, MANY));
      long epoch =
          get(uploads().begin(id, APP, OptionalLong.empty(), "node")).orElseThrow().epoch();
      get(uploads().seal(id, epoch, UploadProgress.of(1), digest(id)));
      sealed.add(get(uploads().find(id)).orElseThrow());
    }
    for (int i = 0; i < sealed.size(); i++) {
      UploadRow upload = sealed.get(i);
      StoredBlob blob = blob(upload.id());
      Future<Boolean> first =
          i % 2 == 0 ? uploads().finish(upload, blob, ACTOR) : uploads().close(upload.id(), APP);
      Future<Boolean> second =
          i % 2 == 0 ? uploads().close(upload.id(), APP) : uploads().finish(upload, blob, ACTOR);
      assertThat(winners(List.of(first, second))).isEqualTo(1);
      State state = get(uploads().find(upload.id())).orElseThrow().state();
      assertThat(get(links().find(APP, blob.digest())).isPresent())
          .isEqualTo(state == State.FINISHED);
    }
  }
}
