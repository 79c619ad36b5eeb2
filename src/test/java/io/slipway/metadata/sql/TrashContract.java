package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Database;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.Trash;
import io.slipway.testing.WatchedDatabase;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every database does with keys that are to be deleted. */
public interface TrashContract extends MetadataContract {
  String KEY = "blobs/sha256/aa";
  String UPLOAD = "uploads/u1";

  default SqlTrash trash() {
    return new SqlTrash(database());
  }

  default void pass(String column, long milliseconds) {
    get(database().update("UPDATE trash SET " + column + " = " + column + " - $1", milliseconds));
  }

  default List<String> rows() {
    return get(database().query("SELECT location FROM trash", row -> row.string("location")));
  }

  @Test
  default void givesAKeyToOneDeleter() {
    get(trash().add(List.of(KEY, UPLOAD)));
    get(trash().add(List.of(KEY)));
    assertThat(get(trash().due(10))).containsExactlyInAnyOrder(KEY, UPLOAD);
    assertThat(get(trash().claim(List.of(KEY, UPLOAD), "a"))).hasSize(2);
    assertThat(get(trash().claim(List.of(KEY, UPLOAD), "b"))).isEmpty();
    assertThat(get(trash().due(10))).isEmpty();
    pass("claimed_at", 300_001);
    assertThat(get(trash().claim(List.of(KEY), "b"))).containsExactly(KEY);
  }

  @Test
  default void deletesOnlyWhatIsDue() {
    get(trash().add(List.of(KEY)));
    pass("due", -60_000);
    assertThat(get(trash().due(10))).isEmpty();
    assertThat(get(trash().claim(List.of(KEY), "a"))).isEmpty();
  }

  @Test
  default void tellsHowLongTheOldestKeyHasBeenDue() {
    assertThat(get(trash().lag())).isZero();
    get(trash().add(List.of(KEY)));
    pass("due", -60_000);
    assertThat(get(trash().lag())).as("not due yet").isZero();
    pass("due", 120_000);
    get(trash().add(List.of(UPLOAD)));
    assertThat(get(trash().lag())).isBetween(60_000L, 120_000L);
    get(trash().claim(List.of(KEY), "a"));
    assertThat(get(trash().lag())).as("about to be deleted").isBetween(60_000L, 120_000L);
    get(trash().gone(List.of(KEY), "a"));
    assertThat(get(trash().lag())).isLessThan(60_000L);
  }

  @Test
  default void buriesKeysThatCanBeUsedAgain() {
    get(trash().add(List.of(KEY, UPLOAD)));
    get(trash().claim(List.of(KEY, UPLOAD), "a"));
    get(trash().gone(List.of(KEY, UPLOAD), "a"));
    assertThat(rows()).containsExactly(KEY);
    assertThat(get(trash().due(10))).isEmpty();
    pass("claimed_at", 400_000);
    assertThat(get(trash().claim(List.of(KEY), "b"))).isEmpty();
    get(trash().free());
    assertThat(rows()).containsExactly(KEY);
    pass("buried_at", 3_600_001);
    get(trash().free());
    assertThat(rows()).isEmpty();
  }

  @Test
  default void believesOnlyTheOneWhoHasTheClaim() {
    get(trash().add(List.of(KEY, UPLOAD)));
    get(trash().claim(List.of(KEY, UPLOAD), "a"));
    pass("claimed_at", 300_001);
    get(trash().claim(List.of(KEY, UPLOAD), "b"));
    get(trash().gone(List.of(KEY, UPLOAD), "a"));
    get(trash().rescue(Set.of(KEY), "a"));
    get(trash().postpone(Set.of(UPLOAD), "a"));
    String claimed =
        "SELECT claimed_by AS value FROM trash WHERE due <= :now AND buried_at IS NULL";
    assertThat(rows(claimed)).containsExactly("b", "b");
    get(trash().gone(List.of(KEY, UPLOAD), "b"));
    assertThat(rows()).containsExactly(KEY);
  }

  @Test
  default void givesBackWhatWasNotAskedFor() {
    get(trash().add(List.of(KEY, UPLOAD)));
    get(trash().claim(List.of(KEY, UPLOAD), "a"));
    get(trash().giveBack(Set.of(UPLOAD), "b"));
    assertThat(get(trash().due(10))).isEmpty();
    get(trash().giveBack(Set.of(UPLOAD), "a"));
    assertThat(get(trash().due(10))).containsExactly(UPLOAD);
    assertThat(get(trash().claim(List.of(KEY, UPLOAD), "b"))).containsExactly(UPLOAD);
  }

  @Test
  default void claimsAThousandAtOnce() {
    List<String> keys = IntStream.range(0, 1000).mapToObj(i -> "uploads/u" + i).toList();
    get(trash().add(keys));
    assertThat(get(trash().due(1000))).hasSize(1000);
    assertThat(get(trash().claim(keys, "a"))).containsExactlyInAnyOrderElementsOf(keys);
    assertThat(get(trash().claim(keys, "b"))).isEmpty();
    get(trash().gone(keys, "a"));
    assertThat(rows()).isEmpty();
  }

  @Test
  default void looksWhoNamesAKey() {
    StoredBlob live = commit(APP, "live");
    commit(APP, "moving");
    get(database().update("UPDATE blob SET moving_to = $1 WHERE location = 'blobs/moving'", KEY));
    get(trash().add(List.of(live.location(), KEY, UPLOAD)));
    List<String> all = List.of(live.location(), KEY, UPLOAD);
    get(trash().claim(all, "a"));
    Trash.Named named = get(trash().look(all));
    assertThat(named.located()).containsExactly(live.location());
    assertThat(named.moving()).containsExactly(KEY);
    get(trash().rescue(named.located(), "a"));
    get(trash().postpone(named.moving(), "a"));
    assertThat(rows()).containsExactlyInAnyOrder(KEY, UPLOAD);
    assertThat(get(trash().due(10))).isEmpty();
    pass("due", 600_001);
    assertThat(get(trash().due(10))).containsExactly(KEY);
  }

  /** A blob comes home to the key while somebody looks: at no moment had the key no name. */
  @Test
  default void looksAtOneMoment() {
    commit(APP, "moving");
    get(database().update("UPDATE blob SET moving_to = $1", KEY));
    String home = "UPDATE blob SET location = $1, moving_to = NULL WHERE moving_to = $1";
    Database moving = new WatchedDatabase(database(), () -> database().update(home, KEY));
    Trash.Named named = get(new SqlTrash(moving).look(List.of(KEY)));
    assertThat(named.located().contains(KEY) || named.moving().contains(KEY)).isTrue();
  }
}
