package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.metadata.BlobMoves;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.DigestAlgorithm;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every database does with blobs that are moved to where their digest says. */
public interface BlobMovesContract extends MetadataContract {
  String HOME = "blobs/sha256/aa";

  default BlobMoves moves() {
    return new SqlBlobMoves(database());
  }

  default StoredBlob uploaded(String content) {
    StoredBlob blob = new StoredBlob(digest(content), content.length(), "uploads/" + content);
    get(links().commit(APP, blob, ACTOR));
    return blob;
  }

  default String location(StoredBlob blob) {
    return get(links().find(APP, blob.digest())).orElseThrow().location();
  }

  @Test
  default void listsWhatIsNotAtHome() {
    commit(APP, "home");
    StoredBlob away = uploaded("away");
    assertThat(get(moves().waiting(10, Optional.empty()))).containsExactly(away);
    get(links().damaged(away.digest(), "elsewhere"));
    assertThat(get(moves().waiting(10, Optional.empty()))).hasSize(1);
    get(links().damaged(away.digest(), away.location()));
    assertThat(get(moves().waiting(10, Optional.empty()))).isEmpty();
  }

  @Test
  default void listsWhatIsBehindAnother() {
    List<StoredBlob> all = List.of(uploaded("a"), uploaded("b"), uploaded("c"));
    get(database().update("UPDATE blob SET created_at = 1"));
    List<StoredBlob> listed = get(moves().waiting(2, Optional.empty()));
    assertThat(listed).hasSize(2).isSubsetOf(all);
    List<StoredBlob> rest = get(moves().waiting(2, Optional.of(listed.getLast())));
    assertThat(rest).hasSize(1).isSubsetOf(all).doesNotContainAnyElementsOf(listed);
    assertThat(get(moves().waiting(2, Optional.of(rest.getFirst())))).isEmpty();
    StoredBlob unknown = new StoredBlob(digest("unknown"), 1, "uploads/unknown");
    assertThat(get(moves().waiting(2, Optional.of(unknown)))).isEmpty();
  }

  @Test
  default void tellsHowLongTheOldestHasWaited() {
    commit(APP, "home");
    assertThat(get(moves().lag())).isZero();
    uploaded("a");
    StoredBlob old = uploaded("b");
    get(
        database()
            .update(
                "UPDATE blob SET created_at = created_at - 60000 WHERE digest = $1",
                old.digest().text()));
    assertThat(get(moves().lag())).isBetween(60_000L, 120_000L);
  }

  @Test
  default void marksWhatIsMissingUnlessItIsElsewhere() {
    StoredBlob blob = uploaded("a");
    StoredBlob elsewhere = new StoredBlob(blob.digest(), blob.size(), "uploads/earlier");
    get(moves().missing(elsewhere, "t"));
    assertThat(location(blob)).isEqualTo(blob.location());
    get(moves().claim(blob, HOME, "t"));
    get(moves().missing(blob, "t"));
    assertThat(get(links().find(APP, blob.digest()))).isEmpty();
    assertThat(get(new SqlTrash(database()).look(List.of(HOME))).moving()).isEmpty();
  }

  @Test
  default void movesABlobAndDiscardsItsOldPlace() {
    StoredBlob blob = uploaded("a");
    assertThat(get(moves().claim(blob, HOME, "t"))).isTrue();
    assertThat(get(moves().isFree(HOME))).isTrue();
    assertThat(get(moves().finish(blob, HOME, "t", Duration.ofHours(1)))).isTrue();
    assertThat(location(blob)).isEqualTo(HOME);
    assertThat(get(moves().isFree(blob.location()))).isFalse();
    assertThat(get(new SqlTrash(database()).due(10))).as("readers still use it").isEmpty();
    assertThat(get(moves().finish(blob, HOME, "t", Duration.ZERO))).isFalse();
    assertThat(get(moves().claim(blob, HOME, "u"))).isFalse();
  }

  @Test
  default void letsTheLastClaimEndTheMove() {
    StoredBlob blob = uploaded("a");
    get(moves().claim(blob, HOME, "asleep"));
    get(moves().claim(blob, HOME, "awake"));
    get(moves().retreat(blob, "asleep"));
    assertThat(get(moves().finish(blob, HOME, "asleep", Duration.ZERO))).isFalse();
    assertThat(location(blob)).isEqualTo(blob.location());
    assertThat(get(moves().finish(blob, HOME, "awake", Duration.ZERO))).isTrue();
  }

  @Test
  default void showsItsClaimToWhoeverDeletesTheKey() {
    StoredBlob blob = uploaded("a");
    get(moves().claim(blob, HOME, "t"));
    assertThat(get(new SqlTrash(database()).look(List.of(HOME))).moving()).containsExactly(HOME);
    get(moves().retreat(blob, "t"));
    assertThat(get(new SqlTrash(database()).look(List.of(HOME))).moving()).isEmpty();
  }

  @Test
  default void tellsWhatIsNamed() {
    StoredBlob blob = uploaded("a");
    get(moves().claim(blob, HOME, "t"));
    get(new SqlTrash(database()).add(List.of("uploads/gone")));
    assertThat(get(moves().named(List.of(blob.location(), HOME, "uploads/gone", "uploads/nobody"))))
        .containsExactlyInAnyOrder(blob.location(), HOME, "uploads/gone");
    get(uploads().open("u1", APP, DigestAlgorithm.SHA256, ACTOR, MANY));
    assertThat(get(moves().uploads(List.of("u1", "u2")))).containsExactly("u1");
  }

  /** What was forgotten is not brought back yet: nobody can tell what nothing names. */
  @Test
  default void takesEverythingForNamedDuringARebuild() {
    List<String> keys = List.of("uploads/u1", "blobs/sha256/ab/ab");
    assertThat(get(moves().named(keys))).isEmpty();
    get(new SqlRestore(database()).begin(true));
    assertThat(get(moves().named(keys))).containsExactlyInAnyOrderElementsOf(keys);
  }
}
