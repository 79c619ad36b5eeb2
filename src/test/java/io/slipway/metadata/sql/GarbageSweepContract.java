package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.blob;
import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.database.Lease;
import io.slipway.database.LostLeaseException;
import io.slipway.gc.GarbageCollection;
import io.slipway.gc.GcReport;
import io.slipway.metadata.DeadBlob;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a sweep makes of marks that are not true any more, on every database. */
interface GarbageSweepContract extends GarbageContract {

  default Lease lease() {
    return get(Lease.take(database(), "gc", "test", Duration.ofSeconds(20))).orElseThrow();
  }

  default long cutoff() {
    return get(new SqlGarbageMarks(database(), A_DAY).now()) - HALF_AN_HOUR.toMillis();
  }

  default List<Digest> sweepManifests(Digest... marked) {
    Lease lease = lease();
    List<Digest> deleted = get(sweep().manifests(lease, APP, List.of(marked), cutoff()));
    get(lease.release());
    return deleted;
  }

  /** Pushes put keys into the trash as fast as they are deleted. */
  @Test
  default void endsThoughThereAreAlwaysMoreBytesToDelete() {
    AtomicInteger batches = new AtomicInteger();
    Supplier<Future<Integer>> bytes =
        () -> Future.succeededFuture(batches.incrementAndGet() > 1000 ? 0 : 1);
    get(collection(sweep(), bytes).run(GarbageContract.options(false, HALF_AN_HOUR)));
    assertThat(batches).hasValue(1);
  }

  @Test
  default void goesOnAfterACallerThatThrows() {
    Promise<Integer> bytes = Promise.promise();
    GarbageCollection collection = collection(sweep(), bytes::future);
    collection
        .run(GarbageContract.options(false, HALF_AN_HOUR))
        .onComplete(
            ignored -> {
              throw new IllegalArgumentException("of the caller");
            });
    Future<GcReport> second = collection.run(GarbageContract.options(true, HALF_AN_HOUR));
    bytes.complete(0);
    assertThat(get(second).blobs()).isZero();
    get(collection.stop());
  }

  /** What was not brought back yet looks as if nothing needed it. */
  @Test
  default void touchesNothingWhileTheDatabaseIsBeingRebuilt() {
    commit(APP, "not linked yet");
    get(database().update("DELETE FROM link"));
    ageAll();
    for (String state : List.of("begun", "forgetting")) {
      get(
          database()
              .update(
                  "INSERT INTO setting (name, value, version) VALUES ('rebuild', $1, 1)", state));
      for (boolean dryRun : List.of(true, false)) {
        assertThatThrownBy(
                () -> get(collection(sweep()).run(GarbageContract.options(dryRun, Duration.ZERO))))
            .hasMessageContaining("a rebuild of its database did not end");
      }
      assertThat(digests("blob")).hasSize(1);
      get(database().update("DELETE FROM setting WHERE name = 'rebuild'"));
    }
    assertThat(get(collection(sweep()).run(GarbageContract.options(false, Duration.ZERO))).blobs())
        .isEqualTo(1);
  }

  @Test
  default void keepsAManifestThatWasTaggedSinceTheMark() {
    Digest image = image("image");
    get(manifests().put(manifest("image").blobs(blob("image layer")).tags("latest").build()));
    ageAll();
    assertThat(sweepManifests(image)).isEmpty();
  }

  @Test
  default void keepsAManifestThatLostItsTagSinceTheMark() {
    Digest image = image("image", "latest");
    image("next", "latest");
    age("manifest");
    assertThat(sweepManifests(image)).isEmpty();
  }

  @Test
  default void keepsAManifestThatWasTouchedSinceTheMark() {
    assertThat(sweepManifests(image("image"))).isEmpty();
  }

  @Test
  default void keepsAManifestThatAnIndexNamesSinceTheMark() {
    Digest image = image("image");
    Digest index = push(manifest("index").children(image));
    ageAll();
    assertThat(sweepManifests(image)).isEmpty();
    assertThat(sweepManifests(image, index)).containsExactlyInAnyOrder(image, index);
  }

  @Test
  default void keepsAManifestWhoseSubjectCameSinceTheMark() {
    Digest signature = push(manifest("signature").subject(digest("image")));
    image("image");
    ageAll();
    assertThat(sweepManifests(signature)).isEmpty();
  }

  @Test
  default void keepsWhatHangsOnWhatItKeeps() {
    Digest image = image("image");
    Digest index = push(manifest("index").children(image).tags("latest"));
    Digest signature = push(manifest("signature").subject(image));
    ageAll();
    assertThat(sweepManifests(image, signature, index)).isEmpty();
  }

  @Test
  default void keepsALinkThatIsNeededSinceTheMark() {
    Digest layer = commit(APP, "layer").digest();
    long cutoff = cutoff();
    Lease lease = lease();
    assertThat(get(sweep().links(lease, APP, List.of(layer), cutoff))).isEmpty();
    age("link");
    get(uploads().open("u1", APP, DigestAlgorithm.SHA256, ACTOR, MANY));
    assertThat(get(sweep().links(lease, APP, List.of(layer), cutoff))).isEmpty();
    get(uploads().close("u1", APP));
    push(manifest("image").blobs(blob("layer")));
    assertThat(get(sweep().links(lease, APP, List.of(layer), cutoff))).isEmpty();
    get(manifests().delete(APP, digest("image"), ACTOR));
    age("link");
    assertThat(get(sweep().links(lease, APP, List.of(layer), cutoff))).containsExactly(layer);
  }

  @Test
  default void keepsABlobThatIsNeededSinceTheMark() {
    Digest layer = commit(APP, "layer").digest();
    long cutoff = cutoff();
    Lease lease = lease();
    age("blob");
    assertThat(get(sweep().blobs(lease, List.of(layer), cutoff, Duration.ZERO))).isEmpty();
    get(links().unlink(APP, layer, ACTOR));
    assertThat(get(sweep().blobs(lease, List.of(layer), cutoff, Duration.ZERO))).isEmpty();
    age("blob");
    assertThat(get(sweep().blobs(lease, List.of(layer), cutoff, Duration.ZERO)))
        .containsExactly(new DeadBlob(layer, 5));
    assertThat(rows("SELECT location AS value FROM trash WHERE due <= :now"))
        .containsExactly("blobs/layer");
    commit(APP, "layer");
    assertThat(count("trash")).as("a push names it again").isZero();
  }

  @Test
  default void changesNothingWithoutItsLease() {
    Digest image = image("image");
    commit(APP, "loose");
    ageAll();
    Lease stopped = lease();
    get(database().update("UPDATE lease SET until = 0"));
    Lease next = lease();
    assertThat(next.token()).isEqualTo(stopped.token() + 1);
    assertThat(get(Lease.take(database(), "gc", "third", Duration.ofSeconds(20)))).isEmpty();
    Digest loose = digest("loose");
    assertThatThrownBy(() -> get(sweep().manifests(stopped, APP, List.of(image), cutoff())))
        .isInstanceOf(LostLeaseException.class);
    assertThatThrownBy(() -> get(sweep().links(stopped, APP, List.of(loose), cutoff())))
        .isInstanceOf(LostLeaseException.class);
    assertThatThrownBy(() -> get(sweep().blobs(stopped, List.of(loose), cutoff(), Duration.ZERO)))
        .isInstanceOf(LostLeaseException.class);
    assertThatThrownBy(() -> get(stopped.renew())).isInstanceOf(LostLeaseException.class);
    get(stopped.release());
    get(next.renew());
    assertManifests(image);
    assertThat(count("link")).isEqualTo(2);
    assertThat(get(sweep().manifests(next, APP, List.of(image), cutoff()))).containsExactly(image);
    get(next.release());
    assertThat(lease().token()).isEqualTo(next.token() + 1);
  }

  /** As a clock leaves it that was years ahead when the lease was taken, and is right again. */
  @Test
  default void takesALeaseThatNobodyCanHaveForSoLong() {
    get(lease().release());
    for (Duration ahead : List.of(Duration.ofDays(3650), Duration.ofSeconds(85))) {
      until(ahead);
      assertThat(get(Lease.take(database(), "gc", "next", Duration.ofSeconds(20))))
          .as("until in %s", ahead)
          .isPresent();
    }
    until(Duration.ofSeconds(70));
    assertThat(get(Lease.take(database(), "gc", "next", Duration.ofSeconds(20))))
        .as("the clock was set back by a moment, or the holder waits for others longer")
        .isEmpty();
  }

  private void until(Duration ahead) {
    get(database().update("UPDATE lease SET until = :now + $1", ahead.toMillis()));
  }

  /** The layers of an image are there before its manifest: none of them has a name meanwhile. */
  @Test
  default void keepsTheLinksOfAPushWhoseLastUploadHasEnded() {
    Digest layer = commit(APP, "layer").digest();
    age("link");
    finish("u1", "last");
    assertThat(get(new SqlGarbageMarks(database(), A_DAY).uploading(Set.of(APP, OTHER), cutoff())))
        .containsExactly(APP);
    Lease lease = lease();
    assertThat(get(sweep().links(lease, APP, List.of(layer), cutoff()))).isEmpty();
    assertThat(linksWithout(layer, cutoff())).isEmpty();
    long now = get(new SqlGarbageMarks(database(), A_DAY).now());
    get(database().update("UPDATE upload SET beat_at = $1", now));
    assertThat(linksWithout(layer, now)).as("without a grace").containsExactly(layer);
    get(database().update("UPDATE upload SET beat_at = beat_at - 61000"));
    assertThat(linksWithout(layer, cutoff())).as("a minute later").containsExactly(layer);
    assertThat(get(new SqlGarbageMarks(database(), A_DAY).uploading(Set.of(APP), cutoff())))
        .isEmpty();
    assertThat(get(sweep().links(lease, APP, List.of(layer), cutoff()))).containsExactly(layer);
  }

  /** Somebody may push to a repository at any time: nothing would ever go. */
  @Test
  default void holdsNoLinkThatIsOlderThanAnyPush() {
    Digest old = commit(APP, "old").digest();
    Digest recent = commit(APP, "recent").digest();
    get(uploads().open("u1", APP, DigestAlgorithm.SHA256, ACTOR, MANY));
    touched(old, Duration.ofHours(30));
    touched(recent, Duration.ofHours(3));
    assertThat(linksWithout(old, cutoff())).containsExactly(old);
    assertThat(linksWithout(recent, cutoff())).isEmpty();
    assertThat(get(sweep().links(lease(), APP, List.of(old, recent), cutoff())))
        .containsExactly(old);
  }

  private void touched(Digest link, Duration ago) {
    get(
        database()
            .update(
                "UPDATE link SET touched_at = :now - $1 WHERE digest = $2",
                ago.toMillis(),
                link.text()));
  }

  default List<Digest> linksWithout(Digest link, long cutoff) {
    return get(new SqlGarbageMarks(database(), A_DAY).linksWithout(APP, Map.of(link, 0L), cutoff));
  }

  /** Pushes a blob in a session, to its end. */
  default void finish(String id, String content) {
    get(uploads().open(id, APP, DigestAlgorithm.SHA256, ACTOR, MANY));
    get(database().update("UPDATE upload SET state = 'finished', beat_at = :now"));
    commit(APP, content);
  }
}
