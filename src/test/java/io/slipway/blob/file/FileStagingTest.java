package io.slipway.blob.file;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.blob.StagedProgress;
import io.slipway.blob.StagedUpload;
import io.slipway.blob.Staging;
import io.slipway.blob.StagingContract;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStagingTest extends StagingContract {
  @TempDir private Path root;
  private FileStorage storage;

  @BeforeEach
  void open() throws IOException {
    storage = FileStorage.open(root, 0);
  }

  @AfterEach
  void close() throws InterruptedException {
    storage.close();
  }

  @Override
  protected Staging staging() {
    return storage.staging();
  }

  @Override
  protected byte[] published(String location) {
    try {
      return Files.readAllBytes(root.resolve(location));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected void requireNothingLeft() {
    assertThat(get(staging().leftovers().list())).isEmpty();
  }

  private static String location(Digest digest) {
    String hex = digest.hex();
    return "blobs/sha256/" + hex.substring(0, 2) + "/" + hex;
  }

  @Test
  void publishesWhereTheDigestSays() {
    StagedUpload staged = staged("place", "abc");
    get(staged.sync());
    publish(staged, digest("abc"));
    assertThat(published(location(digest("abc")))).isEqualTo(bytes("abc"));
  }

  @Test
  void cutsOffWhatAnEarlierLifeLeftTooMuch() {
    get(staged("left", "0123456789").release());
    assertThat(get(staging().leftovers().size("left"))).isEqualTo(10);
    StagedUpload reopened = get(staging().reopen("left", SHA256, new StagedProgress(6, 1, null)));
    assertThat(reopened.size()).isEqualTo(6);
    get(reopened.append(List.of(Buffer.buffer("x"))));
    assertThat(get(reopened.digest(SHA256))).contains(digest("012345x"));
  }

  @Test
  void refusesToReopenMoreThanThereIs() {
    get(staged("short", "abc").release());
    assertThatThrownBy(() -> get(staging().reopen("short", SHA256, new StagedProgress(4, 1, null))))
        .hasMessageContaining("expected 4 bytes");
  }

  @Test
  void tellsWhatIsLeftBehind() {
    get(staged("gone", "abc").release());
    assertThat(get(staging().leftovers().list())).containsExactly("gone");
    get(staging().discard("gone"));
    assertThat(get(staging().leftovers().size("gone"))).isEqualTo(-1);
  }

  @Test
  void takesBackWhatNobodyNamed() {
    StagedUpload staged = staged("back", "abc");
    get(staged.sync());
    get(staged.publish(digest("abc"), new Answers(Future.succeededFuture(false), false)));
    assertThat(get(staging().leftovers().size("back"))).isEqualTo(3);
  }

  @Test
  void leavesWhatOthersName() {
    StagedUpload staged = staged("theirs", "abc");
    get(staged.sync());
    Answers failed = new Answers(Future.failedFuture(new IllegalStateException("away")), true);
    assertThatThrownBy(() -> get(staged.publish(digest("abc"), failed))).hasMessage("away");
    assertThat(published(location(digest("abc")))).isEqualTo(bytes("abc"));
    // The second try finds the bytes where the first one put them.
    assertThat(publish(staged, digest("abc"))).isEqualTo(bytes("abc"));
  }

  /** The commit of the naming may be under way: what it names has to be there when it arrives. */
  @Test
  void leavesWhatMayStillBeNamed() {
    StagedUpload staged = staged("late", "abc");
    get(staged.sync());
    Future<Boolean> late = Future.failedFuture(new IllegalStateException("late"));
    Answers unknown = new Answers(late, Future.failedFuture(new IllegalStateException("locked")));
    assertThatThrownBy(() -> get(staged.publish(digest("abc"), unknown))).hasMessage("late");
    assertThat(published(location(digest("abc")))).isEqualTo(bytes("abc"));
    assertThat(publish(staged, digest("abc"))).isEqualTo(bytes("abc"));
  }
}
