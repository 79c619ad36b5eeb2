package io.slipway.blob.s3;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.blob.ObjectStore;
import io.slipway.blob.StoreContents;
import io.slipway.blob.StoreContents.Entry;
import io.slipway.testing.FakeS3;
import io.slipway.testing.S3Fault;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that lists nothing and says that there is more. */
class EmptyPageTest {
  private static final String LISTING = "list-type=2";

  private final Vertx vertx = Vertx.vertx();
  private final FakeS3 fake = new FakeS3();
  private S3Storage storage;

  @BeforeEach
  void open() throws IOException, InterruptedException {
    storage = S3Storage.open(vertx, fake.config(), new SimpleMeterRegistry());
  }

  @AfterEach
  void close() throws InterruptedException {
    storage.close();
    fake.close();
    get(vertx.close());
  }

  @Test
  void isPassedOverByTheDeletionOfAnUpload() {
    fake.put("uploads/u.1", new byte[1]);
    S3Fault empty = fake.emptyPage(LISTING, 1);
    get(storage.staging().discard("u"));
    assertThat(empty.hits()).isEqualTo(1);
    assertThat(fake.keys()).isEmpty();
  }

  @Test
  void isPassedOverByAListOfCopies() {
    get(storage.copies().put("copies/a/one", Buffer.buffer("1")));
    fake.emptyPage(LISTING, 1);
    assertThat(get(storage.copies().list("copies/a"))).containsExactly("one");
  }

  @Test
  void isPassedOverInTheMiddleOfAListing() {
    for (int i = 0; i < 150; i++) {
      fake.put("uploads/lost" + i, new byte[1]);
    }
    S3Fault empty = fake.emptyPage("start-after", 1);
    Instant later = Instant.now().plus(Duration.ofMinutes(1));
    ObjectStore.Page first = get(storage.objects().list("uploads/", "", later));
    ObjectStore.Page second = get(storage.objects().list("uploads/", first.last(), later));
    assertThat(empty.hits()).isEqualTo(1);
    assertThat(second.keys()).hasSize(50).doesNotContainAnyElementsOf(first.keys());
    assertThat(second.last()).isEmpty();
  }

  @Test
  void isNoEndOfAWalk() {
    fake.put("blobs/sha256/one", new byte[1]);
    fake.emptyPage(LISTING, 1);
    StoreContents.Walk walk = storage.contents().walk("blobs");
    assertThat(get(walk.next())).extracting(Entry::key).containsExactly("blobs/sha256/one");
    assertThat(get(walk.next())).isEmpty();
  }

  @Test
  void isAnErrorWhenItLeadsToItself() {
    S3Fault empty = fake.emptyPage(LISTING, Integer.MAX_VALUE);
    requireError();
    assertThat(empty.hits()).isEqualTo(2);
  }

  @Test
  void isAnErrorWhenItLeadsNowhere() {
    S3Fault empty = fake.deadEnd(LISTING, Integer.MAX_VALUE);
    requireError();
    assertThat(empty.hits()).isEqualTo(1);
  }

  /** What is not listed would look as if it were not there. */
  private void requireError() {
    Future<List<String>> names = storage.copies().list("copies/a");
    assertThatThrownBy(() -> get(names))
        .hasMessageContaining("copies/a")
        .hasMessageContaining("an empty page");
  }
}
