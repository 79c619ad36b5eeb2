package io.slipway.storage;

import static io.slipway.testing.SqliteExtension.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.StoreContents;
import io.slipway.blob.s3.OpenBucket;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.metadata.BlobLinks;
import io.slipway.metadata.Scrubbed;
import io.slipway.metadata.Scrubbed.KnownBlob;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.sql.SqlBlobLinks;
import io.slipway.metadata.sql.SqlScrubbed;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.FakeS3;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scrubs a blob in a bucket whose bytes are wrong at first. */
class BlobScrubTest {
  private static final RepositoryName APP = new RepositoryName("team/app");
  private static final Actor ACTOR = Actor.named("alice");
  private static final byte[] RIGHT = "right".getBytes(UTF_8);
  private static final byte[] WRONG = "wrong".getBytes(UTF_8);
  private static final Digest DIGEST = Digest.of(DigestAlgorithm.SHA256, RIGHT);
  private static final String KEY = "blobs/sha256/" + DIGEST.hex();

  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();
  private final FakeS3 fake = new FakeS3();
  private OpenBucket bucket;
  private BlobLinks links;
  private Scrubbed metadata;

  @BeforeEach
  void fill() {
    bucket = OpenBucket.open(fake.config());
    get(Migrations.bundled().apply(sqlite.database()));
    links = new SqlBlobLinks(sqlite.database());
    metadata = new SqlScrubbed(sqlite.database());
    push(KEY);
    fake.put(KEY, WRONG);
  }

  @AfterEach
  void close() {
    bucket.close();
    fake.close();
  }

  private void push(String location) {
    get(links.commit(APP, new StoredBlob(DIGEST, RIGHT.length, location), ACTOR));
  }

  private void scrub(StoreContents contents) {
    scrub(contents, Long.MAX_VALUE);
  }

  private void scrub(StoreContents contents, long rate) {
    KnownBlob known = get(metadata.blobs("", 1)).getFirst();
    Pace pace = new Pace(bucket.vertx(), rate);
    ScrubCount count = new ScrubCount(ScrubWatch.NOBODY);
    get(new BlobScrub(contents, metadata, pace, count, false).check(known));
  }

  private List<String> trash() {
    return get(
        sqlite.database().query("SELECT location FROM trash", row -> row.string("location")));
  }

  @Test
  void marksABlobWhoseBytesAreWrong() {
    scrub(bucket.storage().contents());
    assertThat(get(links.find(APP, DIGEST))).isEmpty();
    assertThat(trash()).containsExactly(KEY);
  }

  @Test
  void readsNoFasterThanItsRate() {
    byte[] blob = new byte[300_000];
    Digest digest = Digest.of(DigestAlgorithm.SHA256, blob);
    get(sqlite.database().update("DELETE FROM link"));
    get(sqlite.database().update("DELETE FROM blob"));
    get(links.commit(APP, new StoredBlob(digest, blob.length, KEY), ACTOR));
    fake.put(KEY, blob);
    long begun = System.nanoTime();
    scrub(bucket.storage().contents(), 1_000_000);
    assertThat(System.nanoTime() - begun).isGreaterThan(290_000_000);
    assertThat(get(links.find(APP, digest))).isPresent();
  }

  /** Another node found the same, a push healed the blob, and its bytes came home, before. */
  @Test
  void leavesABlobThatWasHealedBeforeItIsMarked() {
    scrub(new LateMark(bucket.storage().contents(), this::heal));
    assertThat(get(links.find(APP, DIGEST)).orElseThrow().location()).isEqualTo(KEY);
    assertThat(trash()).isEmpty();
    assertThat(fake.read(KEY)).isEqualTo(RIGHT);
    assertThat(fake.keys()).containsExactly(KEY);
  }

  private Future<?> heal() {
    return metadata
        .state(DIGEST)
        .compose(seen -> metadata.damaged(DIGEST, seen.orElseThrow(), "quarantine/other", "wrong"))
        .compose(
            marked -> links.commit(APP, new StoredBlob(DIGEST, RIGHT.length, "uploads/u2"), ACTOR))
        .compose(pushed -> sqlite.database().update("DELETE FROM trash"))
        .compose(freed -> sqlite.database().update("UPDATE blob SET location = $1", KEY))
        .onSuccess(home -> fake.put(KEY, RIGHT));
  }

  /** A store whose user sleeps between the last look at the bytes and the mark. */
  private record LateMark(StoreContents contents, Supplier<Future<?>> meanwhile)
      implements ForwardingContents {
    @Override
    public Future<Boolean> quarantine(
        Digest digest,
        String key,
        Optional<Snapshot> snapshot,
        Function<String, Future<Boolean>> mark) {
      return contents.quarantine(
          digest, key, snapshot, aside -> meanwhile.get().compose(ignored -> mark.apply(aside)));
    }
  }
}
