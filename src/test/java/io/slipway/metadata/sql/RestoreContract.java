package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.blob;
import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.metadata.ManifestPush;
import io.slipway.metadata.Restore;
import io.slipway.metadata.Restore.Doubtful;
import io.slipway.metadata.Restore.FoundBlob;
import io.slipway.metadata.Restore.FoundManifest;
import io.slipway.metadata.Restore.FoundTag;
import io.slipway.metadata.Restore.Position;
import io.slipway.oci.Tag;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every database does for a rebuild before it writes anything. */
public interface RestoreContract extends MetadataContract {
  @Test
  default void isBegunByOne() {
    Restore restore = new SqlRestore(database());
    assertThat(get(restore.state())).isEqualTo(Restore.State.EMPTY);
    assertThat(get(restore.begin(true))).isTrue();
    assertThat(get(restore.begin(false))).as("begun by another").isFalse();
    assertThat(get(restore.state())).isEqualTo(Restore.State.FORGETTING);
    get(restore.forgotten());
    assertThat(get(restore.state())).isEqualTo(Restore.State.UNFINISHED);
    get(restore.end());
    assertThat(get(restore.state())).isEqualTo(Restore.State.EMPTY);
  }

  /** One that slept while another took its place wakes into what that one has brought back. */
  @Test
  default void forgetsOnlyWhileThatIsNoted() {
    Restore restore = new SqlRestore(database());
    commit(APP, "blob");
    assertThat(get(restore.forget())).isFalse();
    assertThat(get(restore.state())).isEqualTo(Restore.State.FILLED);
    get(restore.begin(true));
    get(restore.forgotten());
    assertThat(get(restore.forget())).isFalse();
    get(restore.end());
    assertThat(get(restore.state())).isEqualTo(Restore.State.FILLED);
    get(restore.begin(true));
    while (get(restore.forget())) {
      assertThat(get(restore.state())).isEqualTo(Restore.State.FORGETTING);
    }
    get(restore.end());
    assertThat(get(restore.state())).isEqualTo(Restore.State.EMPTY);
  }

  /** Everything that a rebuild writes. */
  default List<Supplier<Future<?>>> writes(Restore restore) {
    ManifestPush image = manifest("image").build();
    FoundManifest found =
        new FoundManifest(APP, image.digest(), image.manifest(), image.content(), 1);
    FoundTag tag = new FoundTag(APP, new Tag("latest"), 1, Optional.of(image.digest()), 1, "alice");
    return List.of(
        () -> restore.blobs(List.of(new FoundBlob(blob("blob"), 1))),
        () -> restore.link(new FoundBlob(blob("blob"), 1)),
        () -> restore.manifests(List.of(found)),
        () -> restore.tags(List.of(tag)),
        () -> restore.remove(List.of(new Position(APP.text(), digest("pushed").text()))),
        restore::forgotten,
        restore::end);
  }

  default void assertWritesNothing(Restore restore) {
    String before = content();
    for (Supplier<Future<?>> write : writes(restore)) {
      assertThat(write.get())
          .satisfies(
              written ->
                  assertThatThrownBy(() -> get(written))
                      .hasMessageStartingWith("tried to rebuild the database but "));
    }
    assertThat(get(restore.forget())).isFalse();
    assertThat(content()).isEqualTo(before);
  }

  default String content() {
    StringBuilder content = new StringBuilder();
    for (String table : List.of("blob", "link", "manifest", "tag", "tag_history", "setting")) {
      content.append(table).append(' ').append(count(table)).append('\n');
    }
    return content + String.join(" ", rows("SELECT value FROM setting WHERE name = 'rebuild'"));
  }

  /** One that slept until its database was at work again. */
  @Test
  default void writesNothingAfterItsEnd() {
    Restore restore = new SqlRestore(database());
    get(restore.begin(true));
    get(restore.forgotten());
    get(restore.end());
    get(manifests().put(manifest("pushed").build()));
    assertWritesNothing(restore);
  }

  /** One that slept until another one had ended, and people began to rebuild once more. */
  @Test
  default void writesNothingIntoTheNextOne() {
    Restore late = new SqlRestore(database());
    get(late.begin(false));
    get(late.end());
    get(manifests().put(manifest("pushed").build()));
    Restore next = new SqlRestore(database());
    get(next.begin(true));
    assertWritesNothing(late);
    get(next.forgotten());
    assertWritesNothing(late);
    for (Supplier<Future<?>> write : writes(next).subList(0, 5)) {
      get(write.get());
    }
    get(next.end());
    assertThat(rows("SELECT digest AS value FROM blob")).hasSize(1);
  }

  /** One that slept until another one had taken its place. */
  @Test
  default void writesNothingWhenAnotherOneWentOn() {
    Restore late = new SqlRestore(database());
    get(late.begin(true));
    Restore next = new SqlRestore(database());
    get(next.goOn());
    assertThat(get(next.state())).isEqualTo(Restore.State.FORGETTING);
    assertWritesNothing(late);
    get(next.forgotten());
    assertWritesNothing(late);
    Restore last = new SqlRestore(database());
    get(last.goOn());
    assertThat(get(last.state())).isEqualTo(Restore.State.UNFINISHED);
    assertWritesNothing(next);
    get(last.end());
    assertThat(get(last.state())).isEqualTo(Restore.State.EMPTY);
    assertThatThrownBy(() -> get(late.goOn())).hasMessageContaining("ended");
  }

  /** An earlier release noted no more than what was being done. */
  @Test
  default void goesOnWithWhatAnEarlierReleaseBegan() {
    get(
        database()
            .update("INSERT INTO setting (name, value, version) VALUES ('rebuild', 'begun', 1)"));
    Restore restore = new SqlRestore(database());
    assertThat(get(restore.state())).isEqualTo(Restore.State.UNFINISHED);
    get(restore.goOn());
    get(restore.blobs(List.of(new FoundBlob(blob("blob"), 1))));
    get(restore.end());
    assertThat(get(restore.state())).isEqualTo(Restore.State.FILLED);
  }

  /** A hundred of the largest would not fit into memory. */
  @Test
  default void goesThroughLargeManifestsFewAtATime() {
    for (int i = 0; i < 7; i++) {
      get(manifests().put(manifest("image " + i).blobs(blob("blob")).sparse().build()));
    }
    List<String> all = rows("SELECT digest AS value FROM manifest ORDER BY digest");
    // Two fit together but for the third, which is too large alone.
    get(database().update("UPDATE manifest SET size = 4194304 WHERE digest <> $1", all.get(2)));
    get(database().update("UPDATE manifest SET size = 9000000 WHERE digest = $1", all.get(2)));
    Restore restore = new SqlRestore(database());
    List<String> found = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    for (@Nullable Position next = Position.START; next != null; ) {
      Doubtful page = get(restore.doubtful(next));
      page.suspects().forEach(suspect -> found.add(suspect.position().digest()));
      sizes.add(page.suspects().size());
      next = page.last();
    }
    assertThat(found).isEqualTo(all);
    assertThat(sizes).containsExactly(2, 1, 2, 2);
  }
}
