package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.gc.GarbageCollection;
import io.slipway.gc.GcOptions;
import io.slipway.gc.GcReport;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.slipway.testing.ClockAhead;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Collections by the clock, which read only what is new, on every database. */
interface RecentGarbageContract extends GarbageContract {
  int HISTORIES = Boolean.getBoolean("slipway.long") ? 60 : 4;
  int STEPS = 60;

  /** What the configured times are a multiple of. */
  Duration HOUR = Duration.ofHours(1);

  /** Lets time pass, for everything that has a time. */
  private void pass(Duration time) {
    for (String table : new String[] {"blob", "link", "manifest"}) {
      get(
          database()
              .update("UPDATE " + table + " SET touched_at = touched_at - $1", time.toMillis()));
    }
    get(database().update("UPDATE tag_history SET ended_at = ended_at - $1", time.toMillis()));
    note()
        .ifPresent(
            note -> {
              for (String field : new String[] {"manifests", "blobs", "whole_at"}) {
                note.put(field, note.getLong(field) - time.toMillis());
              }
              // Everything is read every six hours; here it is not, whatever time passes.
              note.put("whole_at", Math.max(note.getLong("whole_at"), 0));
              get(
                  database()
                      .update("UPDATE setting SET value = $1 WHERE name = 'gc'", note.encode()));
            });
  }

  private Optional<JsonObject> note() {
    return rows("SELECT value FROM setting WHERE name = 'gc'").stream()
        .findFirst()
        .map(JsonObject::new);
  }

  /** Lets the next run be one of what is new only, however long ago everything was read. */
  private void believeTheNote() {
    note()
        .ifPresent(
            note -> {
              note.put("whole_at", System.currentTimeMillis());
              get(
                  database()
                      .update("UPDATE setting SET value = $1 WHERE name = 'gc'", note.encode()));
            });
  }

  /** Runs as the clock does; what it leaves is nothing that reading everything would find. */
  private GcReport collectRecent(GarbageCollection collection) {
    believeTheNote();
    Optional<Long> before = note().map(note -> note.getLong("whole_at"));
    GcReport done = get(collection.run(GcOptions.scheduled()));
    assertThat(note().map(note -> note.getLong("whole_at")))
        .as("read only what is new")
        .isEqualTo(before);
    GcReport left = get(collection.run(new GcOptions(true, Optional.empty(), true, ACTOR, false)));
    assertThat(left.deadManifests()).as("manifests that were left").isEmpty();
    assertThat(left.links()).as("links that were left").isZero();
    assertThat(left.deadBlobs()).as("blobs that were left").isEmpty();
    return done;
  }

  private GarbageCollection begun() {
    GarbageCollection collection = collection(sweep());
    get(collection.run(GcOptions.scheduled()));
    return collection;
  }

  @Test
  default void takesWhatItsTimeRanOutFor() {
    GarbageCollection collection = begun();
    image("untagged");
    commit(APP, "loose");
    pass(HOUR);
    assertThat(collectRecent(collection).blobs()).isZero();
    pass(HOUR.multipliedBy(2));
    assertThat(collectRecent(collection).blobs()).isOne();
    pass(Duration.ofDays(8));
    assertThat(collectRecent(collection).manifests()).isOne();
    assertThat(count("blob")).isZero();
  }

  @Test
  default void takesWhatWasHeldByWhatItTakesHoweverOldThatIs() {
    GarbageCollection collection = begun();
    Digest image = image("image");
    Digest index = push(manifest("index").children(image).tags("latest"));
    push(manifest("signature").blobs(commit(APP, "sig")).subject(image));
    pass(Duration.ofDays(30));
    collectRecent(collection);
    assertThat(count("manifest")).isEqualTo(3);
    get(manifests().deleteTag(APP, new Tag("latest"), ACTOR));
    pass(Duration.ofDays(6));
    collectRecent(collection);
    assertThat(digests("manifest")).contains(index.text());
    pass(Duration.ofDays(2));
    assertThat(collectRecent(collection).manifests()).isEqualTo(3);
    assertThat(count("blob")).isZero();
  }

  @Test
  default void takesWhatAnUploadHeldWhenItHasEnded() {
    GarbageCollection collection = begun();
    commit(APP, "loose");
    get(uploads().open("u1", APP, DigestAlgorithm.SHA256, ACTOR, MANY));
    pass(HOUR.multipliedBy(3));
    assertThat(collectRecent(collection).links()).isZero();
    pass(HOUR);
    assertThat(collectRecent(collection).links()).isZero();
    get(uploads().close("u1", APP));
    assertThat(collectRecent(collection).blobs()).isOne();
  }

  @Test
  default void takesWhatAnUploadHeldForLongerThanAPushLasts() {
    GarbageCollection collection = begun();
    commit(APP, "loose");
    get(uploads().open("u1", APP, DigestAlgorithm.SHA256, ACTOR, MANY));
    pass(HOUR.multipliedBy(25));
    assertThat(collectRecent(collection).links()).isZero();
    pass(HOUR.multipliedBy(2));
    assertThat(collectRecent(collection).blobs()).isOne();
  }

  /** What was pushed a moment ago looks a week old. */
  @Test
  default void deletesNothingByAClockThatWentAhead() {
    ClockAhead clock = new ClockAhead(database());
    GarbageCollection collection = collection(clock);
    get(collection.run(GcOptions.scheduled()));
    Digest image = image("untagged");
    commit(APP, "loose");
    clock.set(Duration.ofDays(8));
    GcReport done = get(collection.run(GcOptions.scheduled()));
    assertThat(done.manifests() + done.links() + done.blobs()).isZero();
    assertManifests(image);
    clock.set(Duration.ZERO);
    get(collection.run(GcOptions.scheduled()));
    pass(Duration.ofHours(3));
    assertThat(get(collection.run(GcOptions.scheduled())).blobs())
        .as("the clock is right again")
        .isOne();
    clock.set(Duration.ofDays(8));
    assertThat(get(collection.run(GarbageContract.options(false, HALF_AN_HOUR))).manifests())
        .as("who asks gets what they ask for")
        .isOne();
  }

  @Test
  default void readsEverythingAfterARunThatDidNotEnd() {
    GarbageCollection collection = begun();
    commit(APP, "loose");
    pass(Duration.ofDays(1));
    get(database().update("DELETE FROM setting WHERE name = 'gc'"));
    assertThat(get(collection.run(GcOptions.scheduled())).blobs()).isOne();
    assertThat(note()).isPresent();
  }

  @Test
  default void readsEverythingAfterARunWithAnotherGrace() {
    GarbageCollection collection = begun();
    get(collection.run(GarbageContract.options(false, Duration.ofDays(30))));
    assertThat(note()).isEmpty();
  }

  /** Indexes, referrers, and circles of both, of what the mixture pushes and tags. */
  private void pushWhatHolds(Random random) {
    RepositoryName repository = new RepositoryName("team/r" + random.nextInt(3));
    int number = random.nextInt(4);
    Digest held = digest("m" + number);
    PushBuilder index = manifest("i" + number).in(repository).children(held).sparse();
    push(
        switch (random.nextInt(4)) {
          case 0 -> index.tags("t" + number);
          case 1 -> index;
          case 2 ->
              manifest("m" + (number + 1)).in(repository).subject(digest("i" + number)).sparse();
          default -> manifest("s" + number).in(repository).subject(held).sparse();
        });
  }

  /** Whatever happened, what is left is what reading everything would leave. */
  @Test
  default void leavesWhatReadingEverythingWouldLeave() {
    for (int history = 0; history < HISTORIES; history++) {
      long seed = System.nanoTime();
      Random random = new Random(seed);
      Mixture mixture = new Mixture(database(), random);
      GarbageCollection collection = begun();
      try {
        for (int step = 0; step < STEPS; step++) {
          get(mixture.step());
          if (random.nextInt(4) == 0) {
            pushWhatHolds(random);
          }
          if (random.nextInt(8) == 0) {
            get(
                uploads()
                    .open(
                        "u" + history + "-" + step,
                        new RepositoryName("team/r" + random.nextInt(3)),
                        DigestAlgorithm.SHA256,
                        ACTOR,
                        MANY));
          } else if (random.nextInt(4) == 0) {
            get(database().update("UPDATE upload SET state = 'closed'"));
          }
          if (random.nextInt(3) == 0) {
            pass(Duration.ofMinutes(random.nextInt(random.nextBoolean() ? 200 : 8000)));
          }
          if (random.nextInt(4) == 0) {
            collectRecent(collection);
          }
        }
      } catch (AssertionError e) {
        throw new AssertionError("with the seed " + seed, e);
      }
    }
  }
}
