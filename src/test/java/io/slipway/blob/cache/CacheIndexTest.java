package io.slipway.blob.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.cache.CacheIndex.Answer;
import io.slipway.blob.cache.CacheIndex.Kept;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.testing.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CacheIndexTest {
  private static final int BLOCK = CacheIndex.BLOCK;
  private static final int HIGH = 10 * BLOCK;
  private static final int LOW = 6 * BLOCK;
  private static final int MOST_FILES = 100;

  private final SettableClock clock = new SettableClock(Instant.EPOCH);
  private final CacheIndex index = new CacheIndex(HIGH, LOW, MOST_FILES, clock);

  private static Digest digest(int number) {
    return Digest.of(DigestAlgorithm.SHA256, new byte[] {(byte) number});
  }

  private void add(int... numbers) {
    for (int number : numbers) {
      index.add(digest(number), BLOCK);
    }
  }

  private Answer use(int number) {
    return index.use(digest(number), BLOCK);
  }

  @Test
  void keepsEverythingUpToTheHighMark() {
    add(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(index.evict()).isEmpty();
    assertThat(index.bytes()).isEqualTo(HIGH);
  }

  @Test
  void dropsTheLeastRecentlyUsedDownToTheLowMark() {
    add(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(use(0)).isEqualTo(Answer.PRESENT);
    add(10);
    assertThat(index.evict())
        .containsExactly(digest(1), digest(2), digest(3), digest(4), digest(5));
    assertThat(index.bytes()).isEqualTo(LOW);
    assertThat(use(0)).isEqualTo(Answer.PRESENT);
    assertThat(use(1)).isEqualTo(Answer.ABSENT);
    assertThat(index.evict()).isEmpty();
  }

  @Test
  void makesRoomForWhatIsOnItsWay() {
    add(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(index.reserve(2 * BLOCK)).isTrue();
    assertThat(index.evict()).isEmpty();
    assertThat(index.reserve(1)).isTrue();
    assertThat(index.evict())
        .containsExactly(digest(0), digest(1), digest(2), digest(3), digest(4));
    index.release(1);
    index.add(digest(20), 2 * BLOCK);
    index.release(2 * BLOCK);
    assertThat(index.bytes()).isEqualTo(5 * BLOCK);
    assertThat(index.evict()).isEmpty();
  }

  @Test
  void admitsNothingEmptyAndNothingLargerThanHalfOfItself() {
    assertThat(index.reserve(0)).isFalse();
    assertThat(index.reserve(HIGH / 2 + 1)).isFalse();
    assertThat(index.reserve(HIGH / 2)).isTrue();
    assertThat(index.reserve(HIGH / 2)).isTrue();
    assertThat(index.reserve(1)).as("more than all of it on the way").isFalse();
    index.release(HIGH / 2);
    assertThat(index.reserve(1)).isTrue();
  }

  @Test
  void countsBlocksAndWhatReplacesAnother() {
    index.add(digest(1), BLOCK + 1);
    assertThat(index.bytes()).isEqualTo(2 * BLOCK);
    index.add(digest(1), 1);
    assertThat(index.bytes()).isEqualTo(BLOCK);
    index.remove(digest(1));
    index.remove(digest(1));
    assertThat(index.bytes()).isZero();
  }

  @Test
  void doesNotTakeAFileOfAnotherSizeForTheBlob() {
    index.add(digest(1), 5);
    assertThat(index.use(digest(1), 6)).isEqualTo(Answer.ABSENT);
    assertThat(index.use(digest(1), 5)).isEqualTo(Answer.PRESENT);
  }

  @Test
  void takesOverWhatWasThereInTheOrderOfItsUse() {
    add(1);
    index.takeOver(
        List.of(
            new Kept(digest(2), BLOCK, Instant.ofEpochSecond(30)),
            new Kept(digest(3), BLOCK, Instant.ofEpochSecond(10)),
            new Kept(digest(4), 7 * BLOCK, Instant.ofEpochSecond(20)),
            new Kept(digest(5), BLOCK, Instant.ofEpochSecond(40))));
    assertThat(index.bytes()).isEqualTo(11 * BLOCK);
    assertThat(index.evict()).containsExactly(digest(3), digest(4));
    assertThat(use(1)).isEqualTo(Answer.PRESENT);
  }

  @Test
  void writesTheTimeOfUseNowAndThen() {
    add(1);
    clock.add(Duration.ofMinutes(9));
    assertThat(use(1)).isEqualTo(Answer.PRESENT);
    clock.add(Duration.ofMinutes(1));
    assertThat(use(1)).isEqualTo(Answer.PRESENT_FOR_LONG);
    assertThat(use(1)).isEqualTo(Answer.PRESENT);
  }

  @Test
  void boundsTheNumberOfFiles() {
    CacheIndex few = new CacheIndex(1000L * BLOCK, 600L * BLOCK, 10, clock);
    for (int i = 0; i < 10; i++) {
      few.add(digest(i), 1);
    }
    assertThat(few.evict()).isEmpty();
    few.add(digest(10), 1);
    assertThat(few.evict()).hasSize(5).startsWith(digest(0), digest(1));
    assertThat(few.files()).isEqualTo(6);
  }

  @Test
  void isUsedWhileItTakesOver() throws Exception {
    add(1);
    List<Kept> found =
        new AbstractList<>() {
          @Override
          public Kept get(int i) {
            return new Kept(digest(2), BLOCK, used());
          }

          @Override
          public int size() {
            return 1;
          }
        };
    index.takeOver(found);
    assertThat(use(2)).isEqualTo(Answer.PRESENT);
  }

  /** Asks for one on another thread, as an event loop does, and waits for the answer. */
  private Instant used() {
    assertThat(CompletableFuture.supplyAsync(() -> use(1)).orTimeout(20, TimeUnit.SECONDS).join())
        .isEqualTo(Answer.PRESENT);
    return clock.instant();
  }

  @Test
  void leavesMostOfTheHeapToOthers() {
    assertThat(CacheIndex.mostFiles(256L << 20)).isEqualTo(223_696);
    assertThat(CacheIndex.mostFiles(4L << 30)).isEqualTo(500_000);
  }
}
