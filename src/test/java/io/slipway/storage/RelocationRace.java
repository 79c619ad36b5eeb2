package io.slipway.storage;

import static io.slipway.testing.SqliteExtension.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Database;
import io.slipway.database.Lease;
import io.slipway.event.Actor;
import io.slipway.metadata.BlobMoves;
import io.slipway.metadata.GarbageSweep;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.Trash;
import io.slipway.metadata.sql.SqlBlobLinks;
import io.slipway.metadata.sql.SqlGarbageSweep;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Pushes, moves, collections, deletions, hours that pass, and listings of long ago, at once on a
 * few digests; and somebody who looks whether each row has its bytes.
 */
final class RelocationRace {
  private static final RepositoryName APP = new RepositoryName("team/app");
  private static final Actor ACTOR = Actor.named("alice");
  private static final long EVER = Long.MAX_VALUE;
  private static final int PUSHERS = 3;
  private static final int OTHERS = 2;

  /** Each is moved home, collected and deleted again and again. */
  private static final List<Digest> DIGESTS =
      IntStream.range(0, 24)
          .mapToObj(i -> Digest.of(DigestAlgorithm.SHA256, ("blob" + i).getBytes(UTF_8)))
          .toList();

  private static final String UNCLAIMED =
      """
      SELECT location FROM trash WHERE claimed_by IS NULL ORDER BY location
      FOR UPDATE SKIP LOCKED
      """;
  private static final String HOUR =
      "UPDATE trash SET due = 0, buried_at = buried_at - 3600001 WHERE location = ANY($1)";
  private static final String LOCATION = "SELECT location FROM blob WHERE digest = $1 FOR UPDATE";

  private final Database database;
  private final LateBucket bucket;
  private final BlobMoves moves;
  private final WatchedTrash trash;
  private final SqlBlobLinks links;
  private final GarbageSweep sweep;
  private final int enough;
  private final Lease lease;
  private final AtomicLong moved = new AtomicLong();
  private final AtomicLong swept = new AtomicLong();
  private final AtomicLong deleted = new AtomicLong();
  private final Set<String> lost = new ConcurrentSkipListSet<>();
  private volatile boolean ending;

  /**
   * Makes a race.
   *
   * @param enough how many moves it ends after
   */
  RelocationRace(Database database, LateBucket bucket, BlobMoves moves, Trash trash, int enough) {
    this.database = database;
    this.bucket = bucket;
    this.moves = moves;
    this.trash = new WatchedTrash(trash);
    this.links = new SqlBlobLinks(database);
    this.sweep = new SqlGarbageSweep(database, Duration.ofDays(1));
    this.enough = enough;
    this.lease = get(Lease.take(database, "gc", "test", Duration.ofHours(1))).orElseThrow();
  }

  /** Runs until there were enough moves, or a row was found without its bytes. */
  void run(Duration patience) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      IntStream.range(0, PUSHERS).forEach(i -> all.add(threads.submit(again(this::push))));
      for (int i = 0; i < OTHERS; i++) {
        all.add(threads.submit(again(this::collect)));
        all.add(threads.submit(again(this::relocate)));
        all.add(threads.submit(again(this::empty)));
      }
      all.add(threads.submit(again(this::passAnHour)));
      all.add(threads.submit(again(this::throwAwayWhatHadNoName)));
      all.add(threads.submit(again(() -> DIGESTS.forEach(this::requireBytes))));
      try {
        Eventually.happens(
            "enough blobs were moved",
            patience,
            () ->
                moved.get() >= enough || !lost.isEmpty() || all.stream().anyMatch(Future::isDone));
      } finally {
        ending = true;
      }
      for (Future<?> one : all) {
        one.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
    DIGESTS.forEach(this::requireBytes);
  }

  private Runnable again(Runnable step) {
    return () -> {
      while (!ending) {
        step.run();
      }
    };
  }

  private void push() {
    Random random = new Random();
    Digest digest = DIGESTS.get(random.nextInt(DIGESTS.size()));
    // A push of what is there moves nothing, and only fills the trash.
    if (random.nextInt(8) > 0 && get(links.find(APP, digest)).isPresent()) {
      return;
    }
    String key = "uploads/" + UUID.randomUUID();
    bucket.put(key);
    get(links.commit(APP, new StoredBlob(digest, 1, key), ACTOR));
  }

  private void collect() {
    Random random = new Random();
    List<Digest> some = DIGESTS.stream().filter(digest -> random.nextInt(4) == 0).toList();
    get(sweep.links(lease, APP, some, EVER));
    swept.addAndGet(get(sweep.blobs(lease, some, EVER, Duration.ZERO)).size());
  }

  private void relocate() {
    moved.addAndGet(get(new Relocation(moves, bucket).run()));
  }

  private void empty() {
    deleted.addAndGet(get(new TrashCollection(trash, bucket).run()));
  }

  /**
   * Lets an hour pass for keys that nobody is deleting. Requests are signed for minutes, so by then
   * none is on its way, also none of somebody who lost the claim to a sweep.
   */
  private void passAnHour() {
    get(
        database.transaction(
            transaction ->
                transaction
                    .query(UNCLAIMED, row -> row.string("location"))
                    .compose(
                        unclaimed -> {
                          Set<String> deleting = trash.deleting();
                          List<String> aging =
                              unclaimed.stream().filter(key -> !deleting.contains(key)).toList();
                          return transaction.update(HOUR, aging);
                        })));
  }

  /** A node that slept after it had asked who has no name: by now they may have one again. */
  private void throwAwayWhatHadNoName() {
    List<String> homes = DIGESTS.stream().map(bucket::home).toList();
    Set<String> named = get(moves.named(homes));
    List<String> nameless = homes.stream().filter(home -> !named.contains(home)).toList();
    long moves = moved.get();
    Eventually.happens("something was moved", () -> ending || moved.get() > moves + 5);
    get(trash.add(nameless));
  }

  /** Nobody collects or moves a row that is locked. */
  private void requireBytes(Digest digest) {
    Optional<String> missing =
        get(
            database.transaction(
                transaction ->
                    transaction
                        .first(LOCATION, row -> row.string("location"), digest.text())
                        .map(found -> found.filter(location -> !bucket.has(location)))));
    missing.ifPresent(lost::add);
  }

  /** Fails unless the bucket has what rows name and nothing else, once time has passed. */
  void requireNothingLeft() {
    Eventually.happens(
        "everything is home and the trash is empty",
        Duration.ofMinutes(2),
        () -> {
          relocate();
          passAnHour();
          empty();
          return get(database.query("SELECT location FROM trash", row -> true)).isEmpty()
              && get(moves.waiting(1, Optional.empty())).isEmpty();
        });
    assertThat(bucket.keys())
        .containsExactlyInAnyOrderElementsOf(
            get(database.query("SELECT location FROM blob", row -> row.string("location"))));
  }

  long moved() {
    return moved.get();
  }

  long swept() {
    return swept.get();
  }

  long deleted() {
    return deleted.get();
  }

  /** Returns the keys that rows named and the bucket did not have. */
  Set<String> lost() {
    return lost;
  }
}
