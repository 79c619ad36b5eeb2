package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.blob;
import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Database;
import io.slipway.database.DatabaseException;
import io.slipway.database.Lease;
import io.slipway.database.LostLeaseException;
import io.slipway.database.Transaction;
import io.slipway.metadata.GarbageSweep;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.Digest;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryFilter;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresExtension;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Collectors and those who name what they collect, at the same time and with no grace at all. Each
 * test also holds the order of locks: a deadlock would be survived, and cost a second.
 */
@OneProfile("of PostgreSQL, without a registry")
final class PostgresGarbageRacesIT implements GarbageContract {
  private static final int ROUNDS = Boolean.getBoolean("slipway.long") ? 2000 : 60;
  private static final long EVER = Long.MAX_VALUE;

  @RegisterExtension final PostgresExtension postgres = new PostgresExtension();
  private @Nullable Database second;
  private @Nullable Lease lease;

  @Override
  public Database database() {
    return postgres.database();
  }

  @Override
  public Vertx vertx() {
    return postgres.vertx();
  }

  @BeforeEach
  void openTwice() {
    second = postgres.open();
    lease = get(Lease.take(database(), "gc", "test", Duration.ofHours(1))).orElseThrow();
  }

  @AfterEach
  void findsNoDeadlock() {
    assertThat(postgres.count("slipway.database.retries")).isZero();
  }

  private Database second() {
    return requireNonNull(second);
  }

  private Lease lease() {
    return requireNonNull(lease);
  }

  private GarbageSweep other() {
    return new SqlGarbageSweep(second(), A_DAY);
  }

  private Future<List<Digest>> sweepManifest(Digest digest) {
    return other().manifests(lease(), APP, List.of(digest), EVER);
  }

  private Future<List<Digest>> sweepLink(Digest digest) {
    return other().links(lease(), APP, List.of(digest), EVER);
  }

  private Future<?> sweepBlob(Digest digest) {
    return other().blobs(lease(), List.of(digest), EVER, Duration.ZERO);
  }

  /** Waits for all; a refusal counts as done, for it names nothing. */
  private static void join(List<? extends Future<?>> all) {
    for (Future<?> each : all) {
      get(
          each.<Object>mapEmpty()
              .recover(
                  cause ->
                      cause instanceof RegistryException
                          ? Future.succeededFuture()
                          : Future.failedFuture(cause)));
    }
  }

  private void assertNothingDangles() {
    String dangling =
        """
        SELECT r.digest AS value FROM reference r WHERE r.kind = 'blob' AND NOT EXISTS
          (SELECT 1 FROM link l WHERE l.repo = r.repo AND l.digest = r.digest)
        UNION ALL SELECT r.digest AS value FROM reference r WHERE r.kind = 'manifest' AND NOT EXISTS
          (SELECT 1 FROM manifest m WHERE m.repo = r.repo AND m.digest = r.digest)
        UNION ALL SELECT b.digest AS value FROM blob b JOIN trash t ON t.location = b.location
        """;
    assertThat(rows(dangling)).isEmpty();
  }

  @Test
  void pushesAManifestWhileItsLayerIsCollected() {
    for (int round = 0; round < ROUNDS; round++) {
      StoredBlob layer = commit(APP, "layer" + round);
      join(
          List.of(
              manifests().put(manifest("image" + round).blobs(layer).tags("t").build()),
              sweepLink(layer.digest()),
              sweepBlob(layer.digest())));
    }
    assertNothingDangles();
  }

  @Test
  void namesManifestsWhileTheyAreCollected() {
    for (int round = 0; round < ROUNDS; round++) {
      Digest child = push(manifest("child" + round));
      join(
          List.of(
              manifests().put(manifest("index" + round).children(child).build()),
              sweepManifest(child),
              manifests().put(manifest("child" + round).tags("t" + round).build()),
              manifests().put(manifest("signature" + round).subject(child).build()),
              sweepManifest(child)));
    }
    assertNothingDangles();
    assertThat(count("tag WHERE digest IS NOT NULL")).isEqualTo(ROUNDS);
  }

  @Test
  void mountsAndPushesABlobWhileItIsCollected() {
    for (int round = 0; round < ROUNDS; round++) {
      StoredBlob blob = commit(APP, "blob" + round);
      Digest digest = blob.digest();
      StoredBlob anew = new StoredBlob(digest, blob.size(), "uploads/" + round);
      List<Future<?>> all = new ArrayList<>();
      all.add(sweepLink(digest));
      all.add(links().mount(OTHER, digest, Optional.of(APP), RepositoryFilter.ALL, ACTOR));
      all.add(sweepBlob(digest));
      all.add(links().commit(OTHER, anew, ACTOR));
      all.add(sweepBlob(digest));
      join(all);
    }
    assertNothingDangles();
    assertThat(count("link WHERE repo = '" + OTHER + "'")).isEqualTo(ROUNDS);
    assertThat(count("blob")).isEqualTo(ROUNDS);
  }

  @Test
  void collectsTwiceAtOnce() {
    SqlGarbageSweep here = new SqlGarbageSweep(database(), A_DAY);
    for (int round = 0; round < ROUNDS; round++) {
      Digest layer = commit(APP, "layer" + round).digest();
      Digest image = push(manifest("image" + round).blobs(blob("layer" + round)));
      Digest index = push(manifest("index" + round).children(image));
      List<Digest> both = List.of(image, index);
      join(
          List.of(
              here.manifests(lease(), APP, both, EVER),
              other().manifests(lease(), APP, both, EVER)));
      // Each may have held one of the two, and left the image to the index: a later run takes it.
      get(here.manifests(lease(), APP, both, EVER));
      join(List.of(here.links(lease(), APP, List.of(layer), EVER), sweepLink(layer)));
      join(List.of(here.blobs(lease(), List.of(layer), EVER, Duration.ZERO), sweepBlob(layer)));
    }
    for (String table : List.of("manifest", "link", "blob", "reference")) {
      assertThat(count(table)).as(table).isZero();
    }
    assertThat(events().stream().filter("manifest.deleted"::equals)).hasSize(2 * ROUNDS);
  }

  private boolean somebodyWaits() {
    String waiting = "SELECT pid AS n FROM pg_locks WHERE NOT granted";
    return !get(second().query(waiting, row -> true)).isEmpty();
  }

  /** Holds what a statement locks until the promise is done. */
  private Future<Void> holding(String sql, Promise<Void> locked, Promise<Void> done) {
    return second()
        .transaction(
            (Transaction transaction) ->
                transaction
                    .query(sql, row -> true)
                    .onSuccess(ignored -> locked.complete())
                    .compose(ignored -> done.future()));
  }

  @Test
  void leavesAloneWhatSomebodyHolds() {
    Digest layer = commit(APP, "layer").digest();
    Digest image = push(manifest("image"));
    get(links().unlink(APP, commit(APP, "loose").digest(), ACTOR));
    for (String held :
        List.of(
            "SELECT 1 FROM manifest FOR KEY SHARE",
            "SELECT 1 FROM link FOR KEY SHARE",
            "SELECT 1 FROM blob FOR KEY SHARE")) {
      Promise<Void> locked = Promise.promise();
      Promise<Void> done = Promise.promise();
      Future<Void> namer = holding(held, locked, done);
      get(locked.future());
      SqlGarbageSweep sweep = new SqlGarbageSweep(database(), A_DAY);
      if (held.contains("manifest")) {
        assertThat(get(sweep.manifests(lease(), APP, List.of(image), EVER))).isEmpty();
      } else if (held.contains("link")) {
        assertThat(get(sweep.links(lease(), APP, List.of(layer), EVER))).isEmpty();
      } else {
        Digest loose = digest("loose");
        assertThat(get(sweep.blobs(lease(), List.of(loose), EVER, Duration.ZERO))).isEmpty();
      }
      done.complete();
      get(namer);
    }
    assertThat(get(sweepManifest(image))).containsExactly(image);
  }

  /** A push that has looked for them, and waits for another row before it names them. */
  @Test
  void leavesAloneWhatAPushIsAboutToName() {
    StoredBlob layer = commit(APP, "layer");
    Digest child = push(manifest("child"));
    Digest subject = push(manifest("subject"));
    Promise<Void> locked = Promise.promise();
    Promise<Void> done = Promise.promise();
    Future<Void> other =
        holding(
            "SELECT 1 FROM manifest WHERE digest = '" + subject.text() + "' FOR UPDATE",
            locked,
            done);
    get(locked.future());
    Future<Void> push =
        manifests().put(manifest("index").blobs(layer).children(child).subject(subject).build());
    Eventually.happens("the push waits", this::somebodyWaits);
    assertThat(get(sweepManifest(child))).isEmpty();
    assertThat(get(sweepLink(layer.digest()))).isEmpty();
    done.complete();
    get(other);
    get(push);
    assertNothingDangles();
  }

  @Test
  void tellsALateNamerThatNothingIsThere() {
    Digest layer = commit(APP, "layer").digest();
    Promise<Void> locked = Promise.promise();
    Promise<Void> done = Promise.promise();
    // The statements of a sweep, stopped before its end.
    Future<Integer> collector =
        second()
            .transaction(
                transaction ->
                    transaction
                        .query("SELECT 1 FROM link FOR UPDATE SKIP LOCKED", row -> true)
                        .compose(ignored -> transaction.update("DELETE FROM link"))
                        .onSuccess(ignored -> locked.complete())
                        .compose(count -> done.future().map(count)));
    get(locked.future());
    Future<Void> push = manifests().put(manifest("image").blobs(blob("layer")).build());
    Future<Boolean> mount =
        links().mount(OTHER, layer, Optional.of(APP), RepositoryFilter.ALL, ACTOR);
    Eventually.happens("somebody waits", this::somebodyWaits);
    done.complete();
    assertThat(get(collector)).isOne();
    join(List.of(push));
    assertThat(push.failed()).isTrue();
    assertThat(push.cause()).isInstanceOf(RegistryException.class);
    assertThat(get(mount)).isNotNull();
    assertNothingDangles();
  }

  @Test
  void takesALeaseOverAfterTheTransactionThatLookedAtIt() {
    Promise<Void> locked = Promise.promise();
    Promise<Void> done = Promise.promise();
    get(database().update("UPDATE lease SET until = 0"));
    Future<Void> job =
        second()
            .transaction(
                transaction ->
                    lease()
                        .guard(transaction)
                        .onSuccess(ignored -> locked.complete())
                        .compose(ignored -> done.future()));
    get(locked.future());
    Future<Optional<Lease>> taken = Lease.take(database(), "gc", "other", Duration.ofSeconds(20));
    Eventually.happens("the taker waits", this::somebodyWaits);
    assertThat(taken.isComplete()).as("taken before the job's transaction ended").isFalse();
    done.complete();
    get(job);
    assertThat(get(taken)).isPresent();
    Future<List<Digest>> late = sweepLink(digest("layer"));
    join(List.of(late.recover(this::lost)));
    assertThat(late.failed()).isTrue();
  }

  private Future<List<Digest>> lost(Throwable cause) {
    assertThat(cause)
        .isInstanceOf(LostLeaseException.class)
        .isNotInstanceOf(DatabaseException.class);
    return Future.succeededFuture(List.of());
  }
}
