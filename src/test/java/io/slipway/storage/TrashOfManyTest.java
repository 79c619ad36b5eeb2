package io.slipway.storage;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.ObjectStore;
import io.slipway.blob.s3.OpenBucket;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.sql.SqlBlobLinks;
import io.slipway.metadata.sql.SqlBlobMoves;
import io.slipway.metadata.sql.SqlTrash;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.FakeS3;
import io.slipway.testing.SqliteExtension;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Trash of thousands of keys on a server that deletes a thousand of them by one request. */
class TrashOfManyTest {
  private static final RepositoryName APP = new RepositoryName("team/app");
  private static final String MANY = "^POST \\?delete";

  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();

  private final FakeS3 fake = new FakeS3().deletesMany(true);
  private OpenBucket bucket;
  private ObjectStore objects;
  private SqlTrash trash;

  @BeforeEach
  void open() throws Exception {
    get(Migrations.bundled().apply(sqlite.database()));
    bucket = OpenBucket.open(fake.config());
    objects = bucket.storage().objects();
    trash = new SqlTrash(sqlite.database());
  }

  @AfterEach
  void close() {
    bucket.close();
    fake.close();
  }

  private List<String> thrownAway(String prefix, int count) {
    List<String> keys = IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    keys.forEach(key -> fake.put(key, new byte[1]));
    get(trash.add(keys));
    return keys;
  }

  private int collect() {
    return get(new TrashCollection(trash, objects).run());
  }

  private int collectAll() {
    int all = 0;
    for (int count = collect(); count > 0; count = collect()) {
      all += count;
    }
    return all;
  }

  private StoredBlob blobAt(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    StoredBlob blob = new StoredBlob(Digest.of(DigestAlgorithm.SHA256, bytes), bytes.length, key);
    get(new SqlBlobLinks(sqlite.database()).commit(APP, blob, Actor.named("alice")));
    return blob;
  }

  private List<String> rows() {
    return get(
        sqlite.database().query("SELECT location FROM trash", row -> row.string("location")));
  }

  private void pass(String column, Duration time) {
    get(
        sqlite
            .database()
            .update("UPDATE trash SET " + column + " = " + column + " - $1", time.toMillis()));
  }

  @Test
  void isEmptiedByAFewRequests() {
    thrownAway("uploads/u", 2100);
    thrownAway("blobs/sha256/b", 900);
    assertThat(collectAll()).isEqualTo(3000);
    assertThat(fake.keys()).isEmpty();
    assertThat(fake.count(MANY)).isEqualTo(4);
    assertThat(fake.count("^DELETE")).isZero();
    assertThat(rows()).as("what may be used again is buried").hasSize(900);
    pass("buried_at", Duration.ofHours(2));
    collect();
    assertThat(rows()).isEmpty();
  }

  @Test
  void leavesOutWhatABlobIsAtOrMovesTo() {
    List<String> keys = thrownAway("uploads/u", 100);
    thrownAway("uploads/v", 1200);
    StoredBlob named = blobAt(keys.get(7));
    StoredBlob moving = blobAt("uploads/w");
    SqlBlobMoves moves = new SqlBlobMoves(sqlite.database());
    assertThat(get(moves.claim(moving, keys.get(9), "moving"))).isTrue();
    assertThat(collectAll()).isEqualTo(1298);
    assertThat(fake.keys()).containsExactlyInAnyOrder(keys.get(7), keys.get(9));
    assertThat(named.location()).isEqualTo(keys.get(7));
    assertThat(rows()).as("postponed").containsExactly(keys.get(9));
  }

  /** Another deleter has claimed a part of what was signed: that part is its own business. */
  @Test
  void sendsNothingForKeysThatAnotherHasClaimed() {
    List<String> keys = thrownAway("uploads/u", 50);
    ObjectStore slow = new ClaimedMeanwhile(objects, trash, keys.subList(0, 20));
    assertThat(get(new TrashCollection(trash, slow).run())).isEqualTo(30);
    assertThat(fake.keys()).containsExactlyInAnyOrderElementsOf(keys.subList(0, 20));
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(keys.subList(0, 20));
  }

  /** F1: between the signature and the request a minute goes by, and a push brings the key back. */
  @Test
  void deletesNothingWhenItSleptAfterItsLook() {
    thrownAway("uploads/first", 2);
    collect();
    List<String> keys = thrownAway("blobs/sha256/b", 500);
    ObjectStore asleep = new SleepsBeforeItSends(objects, fake, Duration.ofSeconds(61));
    assertThat(get(new TrashCollection(trash, asleep).run())).isZero();
    assertThat(fake.keys()).containsExactlyInAnyOrderElementsOf(keys);
    assertThat(collect()).as("claimed").isZero();
    fake.advance(Duration.ofSeconds(-61));
    pass("claimed_at", Duration.ofMinutes(6));
    assertThat(collectAll()).isEqualTo(500);
    assertThat(fake.keys()).isEmpty();
  }

  @Test
  void keepsWhatTheStoreWouldNotDelete() {
    thrownAway("uploads/first", 2);
    collect();
    List<String> keys = thrownAway("uploads/u", 700);
    fake.lock(keys.get(3), "AccessDenied");
    assertThat(collectAll()).isEqualTo(699);
    assertThat(rows()).containsExactly(keys.get(3));
    fake.lock(keys.get(3), "");
    pass("claimed_at", Duration.ofMinutes(6));
    assertThat(collectAll()).isEqualTo(1);
    assertThat(rows()).isEmpty();
  }

  @Test
  void goesOnWithAServerThatTakesOneAtATime() {
    fake.deletesMany(false);
    thrownAway("uploads/u", 250);
    assertThat(collectAll()).isEqualTo(250);
    assertThat(fake.count(MANY)).isEqualTo(1);
    assertThat(rows()).isEmpty();
  }

  /** The listing finds pages of what nothing names. */
  @Test
  void isSweptByThePage() {
    for (int i = 0; i < 330; i++) {
      fake.put("uploads/lost" + i, new byte[1]);
    }
    fake.age(Duration.ofDays(2));
    SqlBlobMoves moves = new SqlBlobMoves(sqlite.database());
    assertThat(get(new ListingSweep(objects, moves, trash, Clock.systemUTC()).run()))
        .isEqualTo(330);
    assertThat(fake.keys()).isEmpty();
    assertThat(fake.count(MANY)).isEqualTo(4);
    assertThat(fake.count("^(DELETE|HEAD) uploads")).isZero();
  }
}
