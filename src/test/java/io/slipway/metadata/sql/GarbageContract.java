package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.database.Database;
import io.slipway.event.Actor;
import io.slipway.gc.GarbageCollection;
import io.slipway.gc.GcConfig;
import io.slipway.gc.GcOptions;
import io.slipway.gc.GcReport;
import io.slipway.gc.GcStores;
import io.slipway.job.JobRuns;
import io.slipway.metadata.GarbageMarks;
import io.slipway.metadata.GarbageSweep;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the contracts of garbage share: a run, which does what a dry run before it says. */
interface GarbageContract extends MetadataContract {
  Duration HALF_AN_HOUR = Duration.ofMinutes(30);

  /** How long an upload may last. */
  Duration A_DAY = Duration.ofDays(1);

  Vertx vertx();

  default GarbageSweep sweep() {
    return new SqlGarbageSweep(database(), A_DAY);
  }

  default GarbageCollection collection(GarbageSweep sweep) {
    return collection(sweep, () -> Future.succeededFuture(0));
  }

  default GarbageCollection collection(GarbageSweep sweep, Supplier<Future<Integer>> bytes) {
    return collection(database(), sweep, bytes);
  }

  /** Returns a collection of another database than that of the test. */
  default GarbageCollection collection(Database database) {
    return collection(
        database, new SqlGarbageSweep(database, A_DAY), () -> Future.succeededFuture(0));
  }

  private GarbageCollection collection(
      Database database, GarbageSweep sweep, Supplier<Future<Integer>> bytes) {
    return collection(database, new SqlGarbageMarks(database, A_DAY), sweep, bytes);
  }

  /** Returns a collection that finds its garbage another way. */
  default GarbageCollection collection(GarbageMarks marks) {
    return collection(database(), marks, sweep(), () -> Future.succeededFuture(0));
  }

  private GarbageCollection collection(
      Database database, GarbageMarks marks, GarbageSweep sweep, Supplier<Future<Integer>> bytes) {
    return new GarbageCollection(
        vertx(),
        new GcStores(
            database,
            new SqlRestore(database),
            marks,
            new SqlRecentMarks(database),
            sweep,
            Future::succeededFuture,
            bytes),
        new GcConfig(
            true, null, null, Duration.ofHours(2), Duration.ofDays(7), Duration.ofSeconds(1)),
        Duration.ofMinutes(15),
        new JobRuns(vertx(), database, "gc", "test"),
        new SimpleMeterRegistry());
  }

  static GcOptions options(boolean dryRun, Duration grace) {
    return new GcOptions(dryRun, Optional.of(grace), true, Actor.named("ann"), false);
  }

  /** Collects what was not touched for half an hour; a dry run before says the same. */
  default GcReport collect() {
    GarbageCollection collection = collection(sweep());
    GcReport foreseen = get(collection.run(options(true, HALF_AN_HOUR)));
    GcReport done = get(collection.run(options(false, HALF_AN_HOUR)));
    assertThat(done.deadManifests()).hasSameElementsAs(foreseen.deadManifests());
    assertThat(done.deadBlobs()).hasSameElementsAs(foreseen.deadBlobs());
    assertThat(List.of(done.manifests(), done.links(), done.blobs(), done.bytes()))
        .isEqualTo(
            List.of(foreseen.manifests(), foreseen.links(), foreseen.blobs(), foreseen.bytes()));
    GcReport again = get(collection.run(options(false, HALF_AN_HOUR)));
    assertThat(again.manifests() + again.links() + again.blobs()).as("a second run").isZero();
    return done;
  }

  default Digest push(PushBuilder push) {
    get(manifests().put(push.build()));
    return push.digest();
  }

  /** Pushes a manifest with a blob of its own, which has its name. */
  default Digest image(String name, String... tags) {
    return push(manifest(name).blobs(commit(APP, name + " layer")).tags(tags));
  }

  /** Makes everything look as if it was last touched an hour ago. */
  default void ageAll() {
    Stream.of("blob", "link", "manifest").forEach(this::age);
    get(database().update("UPDATE tag_history SET ended_at = ended_at - 3600000"));
  }

  default List<String> digests(String table) {
    return rows("SELECT digest AS value FROM " + table + " ORDER BY digest");
  }

  default void assertManifests(Digest... expected) {
    assertThat(digests("manifest"))
        .containsExactly(Stream.of(expected).map(Digest::text).sorted().toArray(String[]::new));
  }
}
