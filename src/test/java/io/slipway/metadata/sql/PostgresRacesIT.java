package io.slipway.metadata.sql;

import static io.slipway.metadata.sql.MetadataContract.blob;
import static io.slipway.metadata.sql.MetadataContract.digest;
import static io.slipway.metadata.sql.MetadataContract.get;
import static io.slipway.metadata.sql.PushBuilder.manifest;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.database.Database;
import io.slipway.database.Transaction;
import io.slipway.metadata.Copies;
import io.slipway.metadata.StoredBlob;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.slipway.testing.Eventually;
import io.slipway.testing.OneProfile;
import io.slipway.testing.PostgresExtension;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two nodes that change the same rows at the same time, many times over. Each test also holds the
 * order of locks: a deadlock would be survived, and cost a second.
 */
@OneProfile("of PostgreSQL, without a registry")
final class PostgresRacesIT implements MetadataContract {
  private static final int ROUNDS = Boolean.getBoolean("slipway.long") ? 500 : 40;
  private static final Tag TAG = new Tag("latest");

  @RegisterExtension final PostgresExtension postgres = new PostgresExtension();

  private @Nullable Database second;

  @Override
  public Database database() {
    return postgres.database();
  }

  @BeforeEach
  void openTwice() {
    second = postgres.open();
  }

  private SqlManifests one() {
    return new SqlManifests(database());
  }

  private Database second() {
    return requireNonNull(second);
  }

  private SqlManifests other() {
    return new SqlManifests(second());
  }

  @AfterEach
  void findsNoDeadlock() {
    assertThat(postgres.count("slipway.database.retries")).isZero();
  }

  /** Waits for all; what is refused with one of these codes counts as done. */
  private static void join(List<? extends Future<?>> all, ErrorCode... allowed) {
    for (Future<?> each : all) {
      get(
          each.<Object>mapEmpty()
              .recover(
                  cause ->
                      cause instanceof RegistryException e && Set.of(allowed).contains(e.code())
                          ? Future.succeededFuture()
                          : Future.failedFuture(cause)));
    }
  }

  private long number(String sql) {
    return get(database().first(sql, row -> row.number("n"))).orElseThrow();
  }

  @Test
  void makesARepositoryOnceForItsFirstPushes() {
    for (int round = 0; round < ROUNDS; round++) {
      RepositoryName fresh = new RepositoryName("fresh/" + round);
      List<Future<?>> pushes = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        StoredBlob blob = blob("round" + round + i % 2);
        SqlBlobLinks links = new SqlBlobLinks(i < 2 ? second() : database());
        pushes.add(links.commit(fresh, blob, ACTOR));
        pushes.add((i < 2 ? one() : other()).put(manifest("m" + i).in(fresh).tags("t").build()));
      }
      join(pushes);
    }
    assertThat(count("repository")).isEqualTo(ROUNDS);
    assertThat(number("SELECT sum(version) AS n FROM tag")).isEqualTo(4L * ROUNDS);
  }

  @Test
  void movesAndDeletesATagAndItsManifests() {
    Digest first = manifest("first").build().digest();
    for (int round = 0; round < ROUNDS; round++) {
      join(
          List.of(
              one().put(manifest("first").tags("latest", "a").build()),
              other().put(manifest("second").tags("a", "latest").build()),
              other().deleteTag(APP, TAG, ACTOR),
              one().delete(APP, first, ACTOR),
              one().deleteTag(APP, new Tag("a"), ACTOR)));
    }
    String gaps =
        """
        SELECT count(*) AS n FROM tag t WHERE version <>
        (SELECT count(*) FROM tag_history h WHERE h.repo = t.repo AND h.name = t.name)
        """;
    assertThat(number(gaps)).as("tags whose history has gaps").isZero();
    String open = "SELECT count(*) AS n FROM tag_history WHERE ended_at IS NULL";
    assertThat(number(open)).as("one open entry for each tag").isEqualTo(count("tag"));
  }

  @Test
  void pushesTheSameTagsInEitherOrder() {
    for (int round = 0; round < ROUNDS; round++) {
      join(
          List.of(
              one().put(manifest("one").tags("a", "b", "c", "d").build()),
              other().put(manifest("other").tags("d", "c", "b", "a").build())));
    }
    assertThat(number("SELECT count(DISTINCT digest) AS n FROM tag")).isOne();
  }

  @Test
  void neverNamesABlobThatIsGone() {
    for (int round = 0; round < ROUNDS; round++) {
      StoredBlob layer = commit(APP, "layer" + round);
      join(
          List.of(
              one().put(manifest("image" + round).blobs(layer).build()),
              new SqlBlobLinks(second()).unlink(APP, layer.digest(), ACTOR)),
          ErrorCode.MANIFEST_BLOB_UNKNOWN,
          ErrorCode.DELETE_REFUSED);
    }
    String dangling =
        """
        SELECT count(*) AS n FROM reference r WHERE NOT EXISTS
        (SELECT 1 FROM link l WHERE l.repo = r.repo AND l.digest = r.digest)
        """;
    assertThat(number(dangling)).isZero();
    assertThat(count("manifest") + ROUNDS - count("link")).as("one of two won").isEqualTo(ROUNDS);
  }

  @Test
  void neverNamesAManifestThatIsGone() {
    for (int round = 0; round < ROUNDS; round++) {
      Digest child = digest("child" + round);
      get(one().put(manifest("child" + round).build()));
      join(
          List.of(
              other().put(manifest("index" + round).children(child).build()),
              one().delete(APP, child, ACTOR),
              one().put(manifest("signature" + round).subject(child).build()),
              other().put(manifest("signature" + round).subject(child).build())),
          ErrorCode.MANIFEST_BLOB_UNKNOWN,
          ErrorCode.DELETE_REFUSED);
    }
    String dangling =
        """
        SELECT count(*) AS n FROM reference r WHERE NOT EXISTS
        (SELECT 1 FROM manifest m WHERE m.repo = r.repo AND m.digest = r.digest)
        """;
    assertThat(number(dangling)).isZero();
  }

  @Test
  void copiesTheLastVersionOfEveryTag() {
    SqlCopies copies = new SqlCopies(database());
    for (int round = 0; round < ROUNDS; round++) {
      List<Future<?>> all = new ArrayList<>();
      all.add(one().put(manifest("m" + round).tags("latest").build()));
      all.add(copyAll(copies));
      all.add(other().put(manifest("n" + round).tags("latest").build()));
      all.add(copyAll(copies));
      join(all);
    }
    get(copyAll(copies));
    assertThat(count("copy_due")).isZero();
    assertThat(number("SELECT version - copied AS n FROM tag")).isZero();
  }

  private static Future<?> copyAll(SqlCopies copies) {
    return copies
        .due(100, 0)
        .compose(
            found -> {
              Future<?> done = Future.succeededFuture();
              for (Copies.Due due : found) {
                done = done.compose(ignored -> copy(copies, due));
              }
              return done;
            });
  }

  private static Future<Void> copy(SqlCopies copies, Copies.Due due) {
    return due.kind() == Copies.Kind.TAG
        ? copies
            .tag(due.repository(), due.name())
            .compose(state -> copies.done(due, state.orElseThrow().version()))
        : copies.done(due, 0);
  }

  @Test
  void writesPullTimesBesideDeletions() {
    for (int round = 0; round < ROUNDS; round++) {
      SqlPullTimes here = new SqlPullTimes(database());
      SqlPullTimes there = new SqlPullTimes(second());
      for (int i = 0; i < 8; i++) {
        get(one().put(manifest("m" + i).tags("t" + i).build()));
        here.pulled(APP, digest("m" + i));
        there.pulled(APP, digest("m" + (7 - i)));
      }
      join(List.of(here.flush(), there.flush(), one().delete(APP, digest("m3"), ACTOR)));
    }
    assertThat(number("SELECT count(*) AS n FROM manifest WHERE pulled_at IS NULL")).isZero();
  }

  /** The answer of its COMMIT may be late, or its process dead: it may still name the bytes. */
  @Test
  void asksWhoeverIsStillNamingABlob() {
    StoredBlob blob = blob("late");
    Asked asked = askWhileNaming(blob, () -> links().isNamed(blob.digest()));
    asked.commit().complete();
    get(asked.naming());
    assertThat(get(asked.answer())).isTrue();
  }

  @Test
  void asksWhoeverIsStillNamingAFileOfTheTrash() {
    StoredBlob blob = blob("late");
    get(new SqlTrash(database()).add(List.of(blob.location())));
    Asked asked = askWhileNaming(blob, () -> new SqlFileTrash(database()).isNamed(blob.location()));
    asked.commit().complete();
    get(asked.naming());
    assertThat(get(asked.answer())).isTrue();
  }

  @Test
  void findsNoNameInATransactionThatFails() {
    StoredBlob blob = blob("late");
    Asked asked = askWhileNaming(blob, () -> links().isNamed(blob.digest()));
    asked.commit().fail("the client is gone");
    assertThat(get(asked.naming().map(true).otherwise(false))).isFalse();
    assertThat(get(asked.answer())).isFalse();
    assertNothingWritten();
  }

  /** A transaction that has named a blob and waits for its end, and whoever asks meanwhile. */
  private record Asked(Future<Void> naming, Promise<Void> commit, Future<Boolean> answer) {}

  private Asked askWhileNaming(StoredBlob blob, Supplier<Future<Boolean>> question) {
    Promise<Void> named = Promise.promise();
    Promise<Void> commit = Promise.promise();
    Future<Void> naming = naming(blob, named, commit);
    get(named.future());
    Future<Boolean> answer = question.get();
    Eventually.happens("an answer, or a wait", () -> answer.isComplete() || somebodyWaits());
    return new Asked(naming, commit, answer);
  }

  private Future<Void> naming(StoredBlob blob, Promise<Void> named, Promise<Void> commit) {
    return second()
        .transaction(
            (Transaction transaction) ->
                Naming.nameBlob(transaction, APP, blob, ACTOR)
                    .onComplete(named)
                    .compose(ignored -> commit.future()));
  }

  private boolean somebodyWaits() {
    String waiting = "SELECT pid AS n FROM pg_locks WHERE NOT granted";
    return !get(second().query(waiting, row -> true)).isEmpty();
  }

  @Test
  void closesStaleUploadsOnEitherNode() {
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < 8; i++) {
        get(uploads().open("u" + round + "-" + i, APP, DigestAlgorithm.SHA256, ACTOR, MANY));
      }
      Future<Integer> here = uploads().housekeeping().closeStale(Duration.ZERO, Duration.ZERO);
      Future<Integer> there =
          new SqlUploads(second()).housekeeping().closeStale(Duration.ZERO, Duration.ZERO);
      get(here);
      get(there);
    }
    get(database().update("UPDATE upload SET beat_at = 0"));
    get(uploads().housekeeping().closeStale(Duration.ZERO, Duration.ZERO));
    assertThat(number("SELECT count(*) AS n FROM upload WHERE state <> 'closed'")).isZero();
  }
}
