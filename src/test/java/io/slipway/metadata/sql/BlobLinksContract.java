package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.blob;
import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.MetadataContract.refusal;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.metadata.LinkedBlob;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryFilter;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every database does with blobs and the repositories that link them. */
public interface BlobLinksContract extends MetadataContract {

  @Test
  default void findsABlobOnlyThroughARepositoryThatLinksIt() {
    StoredBlob blob = commit(APP, "a");
    assertThat(get(links().find(APP, blob.digest())))
        .contains(new LinkedBlob(blob.digest(), 1, "blobs/a"));
    assertThat(get(links().find(OTHER, blob.digest()))).isEmpty();
    assertThat(get(links().find(APP, digest("b")))).isEmpty();
    assertThat(get(links().isNamed(blob.digest()))).isTrue();
    assertThat(get(links().isNamed(digest("b")))).isFalse();
    assertThat(rows("SELECT name AS value FROM repository")).containsExactly(APP.text());
  }

  @Test
  default void tellsOfABlobAndWhetherItsBytesWereNew() {
    StoredBlob blob = commit(APP, "a");
    assertThat(events()).containsExactly("blob.pushed");
    assertThat(lastEvent().getString("repository")).isEqualTo(APP.text());
    assertThat(lastEvent().getString("actor")).isEqualTo(ACTOR.name());
    assertThat(lastEvent().getString("digest")).isEqualTo(blob.digest().text());
    assertThat(lastEvent().getLong("size")).isEqualTo(1);
    assertThat(lastEvent().getBoolean("stored")).isTrue();
    commit(OTHER, "a");
    assertThat(lastEvent().getBoolean("stored")).isFalse();
    assertThat(count("blob")).isEqualTo(1);
    assertThat(count("link")).isEqualTo(2);
  }

  @Test
  default void findsBytesNewOnceHoweverFastTheyAreCommittedAgain() {
    List<Future<Void>> commits = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      commits.add(links().commit(APP, blob("b" + i / 2), ACTOR));
    }
    commits.forEach(MetadataContract::get);
    List<String> events = rows("SELECT payload AS value FROM outbox");
    assertThat(events).hasSize(40);
    long stored = events.stream().filter(event -> event.contains("\"stored\":true")).count();
    assertThat(stored).isEqualTo(20);
  }

  @Test
  default void keepsTheBytesThatWereThereFirst() {
    StoredBlob first = commit(APP, "a");
    get(links().commit(OTHER, new StoredBlob(first.digest(), 1, "uploads/2"), ACTOR));
    assertThat(get(links().find(OTHER, first.digest())).map(LinkedBlob::location))
        .contains("blobs/a");
    assertThat(rows("SELECT location AS value FROM trash")).containsExactly("uploads/2");
  }

  @Test
  default void takesBytesThatAreNamedAgainOutOfTheTrash() {
    get(database().update("INSERT INTO trash (location, due) VALUES ('blobs/a', 0)"));
    commit(APP, "a");
    assertThat(count("trash")).isZero();
    commit(APP, "a");
    assertThat(count("trash")).isZero();
  }

  @Test
  default void hidesADamagedBlobUntilAPushHealsIt() {
    StoredBlob blob = commit(APP, "a");
    get(database().update("UPDATE blob SET damaged = TRUE"));
    assertThat(get(links().find(APP, blob.digest()))).isEmpty();
    assertThat(get(links().touch(APP, blob.digest(), Duration.ZERO))).isEmpty();
    assertThat(
            get(links().mount(OTHER, blob.digest(), Optional.of(APP), RepositoryFilter.ALL, ACTOR)))
        .isFalse();
    assertThat(
            get(links().mount(OTHER, blob.digest(), Optional.empty(), RepositoryFilter.ALL, ACTOR)))
        .isFalse();
    assertThat(get(links().isNamed(blob.digest()))).isTrue();
    get(links().commit(OTHER, new StoredBlob(blob.digest(), 1, "uploads/2"), ACTOR));
    assertThat(get(links().find(APP, blob.digest())).map(LinkedBlob::location))
        .contains("uploads/2");
    assertThat(count("trash")).isZero();
  }

  @Test
  default void touchesALinkThatWasNotTouchedLately() {
    StoredBlob blob = commit(APP, "a");
    commit(OTHER, "a");
    commit(APP, "b");
    age("link");
    Optional<LinkedBlob> asked = get(links().touch(APP, blob.digest(), Duration.ofHours(2)));
    assertThat(asked).contains(new LinkedBlob(blob.digest(), 1, "blobs/a"));
    assertThat(touched("link")).isEmpty();
    assertThat(get(links().touch(APP, blob.digest(), Duration.ofMinutes(30)))).isEqualTo(asked);
    assertThat(touched("link")).containsExactly(blob.digest().text());
    assertThat(get(links().touch(APP, digest("x"), Duration.ZERO))).isEmpty();
  }

  @Test
  default void mountsFromTheRepositoryThatIsNamed() {
    StoredBlob blob = commit(APP, "a");
    forgetChanges();
    assertThat(
            get(links().mount(OTHER, blob.digest(), Optional.of(APP), RepositoryFilter.ALL, ACTOR)))
        .isTrue();
    assertThat(get(links().find(OTHER, blob.digest()))).isPresent();
    assertThat(events()).containsExactly("blob.mounted");
    assertThat(lastEvent().getString("from")).isEqualTo(APP.text());
    assertThat(lastEvent().getString("repository")).isEqualTo(OTHER.text());
  }

  @Test
  default void mountsFromAnyRepositoryWhenNoneIsNamed() {
    StoredBlob blob = commit(APP, "a");
    assertThat(
            get(links().mount(OTHER, blob.digest(), Optional.empty(), RepositoryFilter.ALL, ACTOR)))
        .isTrue();
    assertThat(lastEvent().getString("from")).isEqualTo(APP.text());
  }

  @Test
  default void touchesWhatIsMountedAgain() {
    StoredBlob blob = commit(APP, "a");
    age("link");
    assertThat(
            get(links().mount(APP, blob.digest(), Optional.of(APP), RepositoryFilter.ALL, ACTOR)))
        .isTrue();
    assertThat(touched("link")).containsExactly(blob.digest().text());
    assertThat(count("link")).isEqualTo(1);
  }

  @Test
  default void leavesNothingBehindAMountThatFindsNothing() {
    assertThat(
            get(links().mount(OTHER, digest("a"), Optional.of(APP), RepositoryFilter.ALL, ACTOR)))
        .isFalse();
    assertThat(
            get(links().mount(OTHER, digest("a"), Optional.empty(), RepositoryFilter.ALL, ACTOR)))
        .isFalse();
    assertNothingWritten();
    StoredBlob blob = commit(APP, "a");
    forgetChanges();
    // A repository that does not link it is no source, though another one does.
    assertThat(
            get(
                links()
                    .mount(OTHER, blob.digest(), Optional.of(OTHER), RepositoryFilter.ALL, ACTOR)))
        .isFalse();
    assertThat(rows("SELECT name AS value FROM repository")).containsExactly(APP.text());
    assertThat(events()).isEmpty();
  }

  @Test
  default void unlinksOnceAndKeepsTheBytesForTheGrace() {
    StoredBlob blob = commit(APP, "a");
    commit(OTHER, "a");
    age("blob");
    forgetChanges();
    assertThat(get(links().unlink(APP, blob.digest(), ACTOR))).isTrue();
    assertThat(get(links().find(APP, blob.digest()))).isEmpty();
    assertThat(get(links().find(OTHER, blob.digest()))).isPresent();
    assertThat(events()).containsExactly("blob.deleted");
    assertThat(lastEvent().getString("digest")).isEqualTo(blob.digest().text());
    // The loss of a name starts the grace.
    assertThat(touched("blob")).containsExactly(blob.digest().text());
    forgetChanges();
    age("blob");
    assertThat(get(links().unlink(APP, blob.digest(), ACTOR))).isFalse();
    assertThat(events()).isEmpty();
    assertThat(touched("blob")).isEmpty();
  }

  @Test
  default void refusesToUnlinkWhatAManifestNames() {
    StoredBlob blob = commit(APP, "a");
    commit(OTHER, "a");
    PushBuilder image = manifest("image").blobs(blob);
    get(manifests().put(image.build()));
    forgetChanges();
    age("blob");
    RegistryException refusal =
        refusal(ErrorCode.DELETE_REFUSED, links().unlink(APP, blob.digest(), ACTOR));
    assertThat(refusal.getMessage()).contains(blob.digest().text()).contains(image.digest().text());
    assertThat(refusal.detail()).containsEntry("manifest", image.digest().text());
    assertThat(get(links().find(APP, blob.digest()))).isPresent();
    assertThat(events()).isEmpty();
    assertThat(touched("blob")).isEmpty();
    // Names in one repository hold nothing in another one.
    assertThat(get(links().unlink(OTHER, blob.digest(), ACTOR))).isTrue();
    get(manifests().delete(APP, image.digest(), ACTOR));
    assertThat(get(links().unlink(APP, blob.digest(), ACTOR))).isTrue();
  }
}
