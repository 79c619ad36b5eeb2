package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.metadata.Restore.Position;
import io.slipway.metadata.Scrubbed;
import io.slipway.metadata.Scrubbed.BlobState;
import io.slipway.metadata.Scrubbed.KnownManifest;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.Digest;
import io.slipway.testing.WatchedDatabase;
import org.junit.jupiter.api.Test;

/** What every database does with what a check of all bytes finds. */
public interface ScrubbedContract extends MetadataContract {
  String ASIDE = "quarantine/sha256/a.1";

  default Scrubbed scrubbed() {
    return new SqlScrubbed(database());
  }

  default BlobState state(Digest digest) {
    return get(scrubbed().state(digest)).orElseThrow();
  }

  default boolean mark(Digest digest, BlobState seen, String aside) {
    return get(scrubbed().damaged(digest, seen, aside, "they are wrong"));
  }

  /** Bytes that were pushed elsewhere are moved to where the digest says. */
  default void bringHome(StoredBlob blob) {
    get(
        database()
            .update(
                "UPDATE blob SET location = $2 WHERE digest = $1",
                blob.digest().text(),
                blob.location()));
    get(database().update("DELETE FROM trash"));
  }

  default void push(Digest digest, String location) {
    get(links().commit(APP, new StoredBlob(digest, 1, location), ACTOR));
  }

  default void assertSound(StoredBlob blob) {
    assertThat(get(links().find(APP, blob.digest())).orElseThrow().location())
        .isEqualTo(blob.location());
    assertThat(rows("SELECT location AS value FROM trash")).isEmpty();
  }

  @Test
  default void marksABlobOnce() {
    StoredBlob blob = commit(APP, "a");
    BlobState seen = state(blob.digest());
    assertThat(mark(blob.digest(), seen, ASIDE)).isTrue();
    assertThat(get(links().damage(APP, blob.digest()))).contains("they are wrong");
    assertThat(rows("SELECT location AS value FROM trash")).containsExactly(blob.location());
    assertThat(mark(blob.digest(), state(blob.digest()), "quarantine/sha256/a.2")).isFalse();
    assertThat(state(blob.digest()).location()).isEqualTo(ASIDE);
  }

  /** One that slept meanwhile knows the place, and not that other bytes came back to it. */
  @Test
  default void marksNoBlobThatWasHealedMeanwhile() {
    StoredBlob blob = commit(APP, "a");
    BlobState seen = state(blob.digest());
    mark(blob.digest(), seen, ASIDE);
    push(blob.digest(), "uploads/u2");
    bringHome(blob);
    assertThat(mark(blob.digest(), seen, "quarantine/sha256/a.2")).isFalse();
    assertSound(blob);
  }

  @Test
  default void marksNoBlobThatWasCollectedAndPushedAgainMeanwhile() {
    StoredBlob blob = commit(APP, "a");
    get(database().update("UPDATE blob SET created_at = created_at - 60000"));
    BlobState seen = state(blob.digest());
    get(database().update("DELETE FROM link"));
    get(database().update("DELETE FROM blob"));
    push(blob.digest(), "uploads/u2");
    bringHome(blob);
    assertThat(mark(blob.digest(), seen, ASIDE)).isFalse();
    assertSound(blob);
  }

  @Test
  default void marksAManifestWhoseBytesAreWrong() {
    KnownManifest wrong = wrongManifest();
    assertThat(get(scrubbed().damaged(wrong, "they are wrong"))).isTrue();
    assertThat(count("manifest WHERE damage = 'they are wrong'")).isOne();
  }

  /** A manifest is read, and its copy then. */
  @Test
  default void marksNoManifestThatWasHealedMeanwhile() {
    KnownManifest wrong = wrongManifest();
    get(scrubbed().damaged(wrong, "they are wrong"));
    get(manifests().put(manifest("image").build()));
    assertThat(get(scrubbed().damaged(wrong, "they are wrong"))).isFalse();
    assertThat(count("manifest WHERE damage IS NULL")).isOne();
  }

  /** A hundred of the largest would not fit into memory. */
  @Test
  default void listsManifestsWithoutTheirBytes() {
    for (int i = 0; i < 5; i++) {
      get(manifests().put(manifest("image " + i).build()));
    }
    get(database().update("UPDATE manifest SET content = $1", (Object) new byte[1 << 20]));
    WatchedDatabase watched = new WatchedDatabase(database());
    assertThat(get(new SqlScrubbed(watched).manifests(Position.START, 100))).hasSize(5);
    assertThat(watched.lengths()).hasSize(1).allMatch(length -> length < 1 << 10);
  }

  private KnownManifest wrongManifest() {
    get(manifests().put(manifest("image").build()));
    get(database().update("UPDATE manifest SET content = $1", (Object) new byte[1]));
    Position position = get(scrubbed().manifests(Position.START, 1)).getFirst();
    return get(scrubbed().manifest(position)).orElseThrow();
  }
}
