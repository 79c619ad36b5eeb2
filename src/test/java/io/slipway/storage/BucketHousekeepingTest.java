package io.slipway.storage;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.blob.ObjectStore.SignedDelete;
import io.slipway.blob.s3.S3Storage;
import io.slipway.database.Database;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.metadata.BlobMoves;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.sql.SqlBlobLinks;
import io.slipway.metadata.sql.SqlBlobMoves;
import io.slipway.metadata.sql.SqlTrash;
import io.slipway.metadata.sql.SqlUploads;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.Eventually;
import io.slipway.testing.FakeS3;
import io.slipway.testing.PushClient;
import io.slipway.testing.S3Fault;
import io.slipway.testing.SqliteExtension;
import io.slipway.testing.WatchedDatabase;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Blobs that move home, trash that goes, and what late requests leave; from the attacks on them.
 */
class BucketHousekeepingTest {
  private static final RepositoryName APP = new RepositoryName("team/app");

  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();

  private final FakeS3 fake = new FakeS3();
  private S3Storage storage;
  private SqlBlobMoves moves;
  private SqlTrash trash;
  private SqlBlobLinks links;

  @BeforeEach
  void open() throws Exception {
    get(Migrations.bundled().apply(sqlite.database()));
    storage = S3Storage.open(sqlite.vertx(), fake.config(), new SimpleMeterRegistry());
    moves = new SqlBlobMoves(sqlite.database());
    trash = new SqlTrash(sqlite.database());
    links = new SqlBlobLinks(sqlite.database());
  }

  @AfterEach
  void close() throws Exception {
    storage.close();
    fake.close();
  }

  private int relocate() {
    return get(new Relocation(moves, storage.objects()).run());
  }

  private int collect() {
    return get(new TrashCollection(trash, storage.objects()).run());
  }

  private int sweep() {
    return get(new ListingSweep(storage.objects(), moves, trash, Clock.systemUTC()).run());
  }

  private void pass(String column, Duration time) {
    get(
        sqlite
            .database()
            .update("UPDATE trash SET " + column + " = " + column + " - $1", time.toMillis()));
  }

  private StoredBlob pushed(String key, byte[] bytes) {
    fake.put(key, bytes);
    Digest digest = Digest.of(DigestAlgorithm.SHA256, bytes);
    StoredBlob blob = new StoredBlob(digest, bytes.length, key);
    get(links.commit(APP, blob, Actor.named("alice")));
    return blob;
  }

  private String home(StoredBlob blob) {
    return storage.objects().home(blob.digest());
  }

  @Test
  void movesBlobsHomeAndDeletesWhereTheyWere() {
    byte[] bytes = PushClient.bytes(1, 100_000);
    StoredBlob blob = pushed("uploads/u1", bytes);
    assertThat(relocate()).isEqualTo(1);
    assertThat(fake.read(home(blob))).isEqualTo(bytes);
    assertThat(collect()).isZero();
    assertThat(fake.keys()).contains("uploads/u1");
    pass("due", Duration.ofHours(1));
    assertThat(collect()).isEqualTo(1);
    assertThat(fake.keys()).containsExactly(home(blob));
    assertThat(get(trash.due(10))).isEmpty();
    assertThat(relocate()).isZero();
  }

  @Test
  void movesLargeBlobsInParts() {
    byte[] bytes = PushClient.bytes(2, 43 * 1024 * 1024);
    StoredBlob blob = pushed("uploads/u1", bytes);
    assertThat(relocate()).isEqualTo(1);
    assertThat(Arrays.equals(fake.read(home(blob)), bytes)).isTrue();
    assertThat(fake.unfinished()).isEmpty();
  }

  @Test
  void leavesABlobWhereItIsWhenTheCopyFails() {
    StoredBlob blob = pushed("uploads/u1", new byte[10]);
    S3Fault fault = fake.denied("^PUT blobs/", 100);
    assertThat(relocate()).isZero();
    assertThat(get(links.find(APP, blob.digest())).orElseThrow().location())
        .isEqualTo("uploads/u1");
    fault.lift();
    assertThat(relocate()).isEqualTo(1);
  }

  @Test
  void movesABlobBehindManyThatCannotMove() {
    List<String> homes =
        IntStream.range(0, 205)
            .mapToObj(i -> home(pushed("uploads/s" + i, PushClient.bytes(i, 20))))
            .toList();
    get(trash.add(homes));
    get(sqlite.database().update("UPDATE blob SET created_at = created_at - 10000"));
    StoredBlob blob = pushed("uploads/u1", new byte[10]);
    Relocation relocation = new Relocation(moves, storage.objects());
    int moved = 0;
    for (int run = 0; run < 3; run++) {
      moved += get(relocation.run());
    }
    assertThat(moved).isEqualTo(1);
    assertThat(fake.keys()).contains(home(blob));
    get(sqlite.database().update("DELETE FROM trash"));
    for (int run = 0; run < 3; run++) {
      moved += get(relocation.run());
    }
    assertThat(moved).as("those that were passed over").isEqualTo(206);
  }

  @ParameterizedTest
  @ValueSource(longs = {10, 43 * 1024 * 1024})
  void marksABlobWhoseBytesAreGone(long size) {
    Digest digest = Digest.of(DigestAlgorithm.SHA256, new byte[10]);
    StoredBlob blob = new StoredBlob(digest, size, "uploads/u1");
    get(links.commit(APP, blob, Actor.named("alice")));
    S3Fault fault = fake.proxy404("^PUT blobs/", 100);
    assertThat(relocate()).isZero();
    assertThat(get(moves.waiting(10, Optional.empty())))
        .as("a proxy knows nothing of it")
        .hasSize(1);
    fault.lift();
    assertThat(relocate()).isZero();
    assertThat(get(moves.waiting(10, Optional.empty()))).isEmpty();
    assertThat(get(links.damage(APP, digest))).contains("its bytes are missing");
    // Nobody waits for that.
    Eventually.happens("its copy is given up", () -> fake.unfinished().isEmpty());
  }

  /** F2: a blob pushed again while somebody deletes its former bytes. */
  @Test
  void keepsAwayFromAKeyThatIsBeingDeletedOrWasLately() {
    StoredBlob blob = pushed("uploads/u1", new byte[10]);
    get(trash.add(List.of(home(blob))));
    get(trash.claim(List.of(home(blob)), "asleep"));
    assertThat(relocate()).isZero();
    get(trash.gone(List.of(home(blob)), "asleep"));
    assertThat(relocate()).as("a late request may still come").isZero();
    pass("buried_at", Duration.ofHours(1).plusSeconds(1));
    assertThat(collect()).isZero();
    assertThat(relocate()).isEqualTo(1);
    assertThat(fake.keys()).contains(home(blob));
  }

  /** The key is thrown away, and its deletion begun, between a look at it and its claim. */
  @Test
  void keepsAwayFromAKeyWhoseDeletionBeganBeforeItWasClaimed() {
    StoredBlob blob = pushed("uploads/u1", PushClient.bytes(6, 100));
    AtomicBoolean looked = new AtomicBoolean();
    SqlBlobMoves slow =
        new SqlBlobMoves(
            new WatchedDatabase(
                sqlite.database(),
                sql -> Future.succeededFuture(),
                sql ->
                    sql.contains("FROM trash") && !looked.getAndSet(true)
                        ? trash
                            .add(List.of(home(blob)))
                            .compose(added -> trash.claim(List.of(home(blob)), "deleter"))
                        : Future.succeededFuture()));
    assertThat(get(new Relocation(slow, storage.objects()).run())).isZero();
    assertThat(looked).isTrue();
    assertThat(fake.keys()).containsExactly("uploads/u1");
    assertThat(get(trash.look(List.of(home(blob)))).moving()).as("it gave the key back").isEmpty();
  }

  /** F2, the other way round: the claim of the move is there first. */
  @Test
  void doesNotDeleteAKeyThatABlobIsBeingMovedTo() {
    StoredBlob blob = pushed("uploads/u1", new byte[10]);
    get(moves.claim(blob, home(blob), "moving"));
    fake.put(home(blob), new byte[10]);
    get(trash.add(List.of(home(blob))));
    assertThat(collect()).isZero();
    assertThat(fake.keys()).contains(home(blob));
    assertThat(get(moves.finish(blob, home(blob), "moving", Duration.ofHours(1)))).isTrue();
    pass("due", Duration.ofMinutes(11));
    assertThat(collect()).isZero();
    assertThat(fake.keys()).as("a blob is there: off the trash").contains(home(blob));
    pass("due", Duration.ofHours(1));
    assertThat(collect()).isEqualTo(1);
    assertThat(fake.keys()).containsExactly(home(blob));
  }

  /** F1: who slept between its look and its request finds that nobody obeys it. */
  @Test
  void signsRequestsThatEndWithinAMinute() {
    SignedDelete signed = get(storage.objects().sign(List.of("blobs/sha256/a"))).getFirst();
    fake.put("blobs/sha256/a", new byte[10]);
    fake.advance(Duration.ofSeconds(61));
    assertThat(get(signed.send())).isEmpty();
    assertThat(fake.keys()).containsExactly("blobs/sha256/a");
    fake.advance(Duration.ofSeconds(-61));
    assertThat(get(signed.send())).containsExactly("blobs/sha256/a");
    assertThat(fake.keys()).isEmpty();
  }

  @Test
  void keepsInTheTrashWhatTheStoreWouldNotDelete() {
    fake.put("uploads/u1", new byte[10]);
    get(trash.add(List.of("uploads/u1")));
    S3Fault fault = fake.slowDown("^DELETE ", 1);
    assertThat(collect()).isZero();
    assertThat(fake.keys()).containsExactly("uploads/u1");
    fault.lift();
    pass("claimed_at", Duration.ofMinutes(6));
    assertThat(collect()).isEqualTo(1);
    assertThat(fake.keys()).isEmpty();
  }

  @Test
  void findsWhatNothingNames() {
    StoredBlob named = pushed("uploads/u1", new byte[10]);
    StoredBlob home = pushed("blobs/sha256/named", new byte[11]);
    fake.put("uploads/u2", new byte[1]);
    fake.put("uploads/u2.3.1", new byte[1]);
    fake.put("uploads/open.1.0", new byte[1]);
    fake.put("blobs/sha256/lost", new byte[1]);
    get(
        new SqlUploads(sqlite.database())
            .open("open", APP, DigestAlgorithm.SHA256, Actor.named("alice"), 1000));
    assertThat(sweep()).as("everything is young").isZero();
    fake.age(Duration.ofDays(2));
    assertThat(sweep()).isEqualTo(3);
    assertThat(fake.keys())
        .containsExactlyInAnyOrder(
            named.location(), home.location(), "uploads/open.1.0", "blobs/sha256/lost");
    assertThat(get(trash.due(10))).containsExactly("blobs/sha256/lost");
    assertThat(collect()).isEqualTo(1);
    assertThat(fake.keys()).doesNotContain("blobs/sha256/lost");
  }

  /** It slept for hours between two statements: the upload was finished and forgotten meanwhile. */
  @Test
  void keepsWhatGetsItsNameWhileItAsks() {
    SqlUploads uploads = new SqlUploads(sqlite.database());
    get(uploads.open("open", APP, DigestAlgorithm.SHA256, Actor.named("alice"), 10));
    fake.put("uploads/open", new byte[10]);
    fake.age(Duration.ofDays(2));
    StoredBlob blob =
        new StoredBlob(Digest.of(DigestAlgorithm.SHA256, new byte[10]), 10, "uploads/open");
    Database slept =
        new WatchedDatabase(
            sqlite.database(),
            () ->
                links
                    .commit(APP, blob, Actor.named("alice"))
                    .compose(done -> sqlite.database().update("DELETE FROM upload")));
    BlobMoves sleeping = new SqlBlobMoves(slept);
    get(new ListingSweep(storage.objects(), sleeping, trash, Clock.systemUTC()).run());
    assertThat(fake.keys()).containsExactly("uploads/open");
  }

  /** The listing has pages of a thousand, and names are asked for each. */
  @Test
  void sweepsMoreThanAPage() {
    for (int i = 0; i < 110; i++) {
      fake.put("uploads/lost" + i, new byte[1]);
    }
    fake.age(Duration.ofDays(2));
    assertThat(sweep()).isEqualTo(110);
    assertThat(fake.keys()).isEmpty();
  }

  private int sweepUnfinished() {
    return get(new UnfinishedSweep(storage.objects(), moves, Clock.systemUTC()).run());
  }

  /** The process that copied was killed, and the next copy came too early to call it dead. */
  @Test
  void givesUpACopyWhoseProcessWasKilled() {
    StoredBlob blob = pushed("uploads/u1", PushClient.bytes(3, 43 * 1024 * 1024));
    fake.begin(home(blob));
    assertThat(relocate()).isEqualTo(1);
    fake.age(Duration.ofHours(2));
    assertThat(relocate()).isZero();
    assertThat(sweepUnfinished()).as("it might still be a copy under way").isZero();
    fake.age(Duration.ofHours(23));
    assertThat(sweepUnfinished()).isEqualTo(1);
    assertThat(fake.unfinished()).isEmpty();
    assertThat(fake.keys()).contains(home(blob));
  }

  @Test
  void givesUpUploadsWithoutARow() {
    fake.begin("uploads/lost");
    fake.begin("uploads/open");
    fake.begin("elsewhere/lost");
    get(
        new SqlUploads(sqlite.database())
            .open("open", APP, DigestAlgorithm.SHA256, Actor.named("alice"), 1000));
    fake.age(Duration.ofDays(2));
    fake.begin("uploads/young");
    assertThat(sweepUnfinished()).isEqualTo(1);
    assertThat(fake.unfinished())
        .containsExactlyInAnyOrder("uploads/open", "elsewhere/lost", "uploads/young");
  }

  @Test
  void givesUpMoreThanAPageOfUploads() {
    for (int i = 0; i < 110; i++) {
      fake.begin("uploads/lost" + i % 70);
    }
    fake.age(Duration.ofDays(2));
    S3Fault fault = fake.denied("^DELETE uploads/lost5\\?", 1000);
    assertThat(sweepUnfinished())
        .as("what cannot be given up keeps no other from it")
        .isEqualTo(108);
    fault.lift();
    assertThat(sweepUnfinished()).isEqualTo(2);
    assertThat(fake.unfinished()).isEmpty();
  }

  @Test
  void keepsOneOfTwoUploadsOfADigest() {
    byte[] bytes = new byte[10];
    StoredBlob first = pushed("uploads/u1", bytes);
    pushed("uploads/u2", bytes);
    assertThat(collect()).isEqualTo(1);
    assertThat(fake.keys()).containsExactly("uploads/u1");
    List<Future<Integer>> both =
        List.of(
            new Relocation(moves, storage.objects()).run(),
            new Relocation(moves, storage.objects()).run());
    assertThat(both.stream().mapToInt(SqliteExtension::get).sum()).isEqualTo(1);
    assertThat(get(links.find(APP, first.digest())).orElseThrow().location())
        .isEqualTo(home(first));
  }
}
