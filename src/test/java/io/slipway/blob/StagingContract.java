package io.slipway.blob;

import static io.slipway.testing.SqliteExtension.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RegistryException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every place for unfinished uploads promises. */
public abstract class StagingContract {
  private static final DigestAlgorithm SHA256 = DigestAlgorithm.SHA256;

  protected abstract Staging staging();

  /** Reads published bytes; empty when there are none. */
  protected abstract byte[] published(String location);

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static Digest digest(String text) {
    return Digest.of(SHA256, bytes(text));
  }

  private StagedUpload staged(String id, String... texts) {
    StagedUpload staged = staging().create(id, SHA256);
    for (String text : texts) {
      get(staged.append(List.of(Buffer.buffer(text))));
    }
    return staged;
  }

  /** Names bytes, or not, and knows of others who do, or not. */
  private record Answers(Future<Boolean> answer, boolean named) implements StagedUpload.Naming {
    @Override
    public Future<Boolean> name(String location) {
      return answer;
    }

    @Override
    public Future<Boolean> isNamed() {
      return Future.succeededFuture(named);
    }
  }

  private static final Answers YES = new Answers(Future.succeededFuture(true), true);

  private static String location(Digest digest) {
    String hex = digest.hex();
    return "blobs/sha256/" + hex.substring(0, 2) + "/" + hex;
  }

  @Test
  void publishesWhatWasAppended() {
    StagedUpload staged = staged("a", "first ", "second");
    Digest digest = digest("first second");
    assertThat(staged.size()).isEqualTo(12);
    assertThat(get(staged.digest(SHA256))).isEqualTo(digest);
    get(staged.sync());
    assertThat(get(staged.publish(digest, YES))).isTrue();
    assertThat(published(location(digest))).isEqualTo(bytes("first second"));
    assertThat(get(staging().list())).isEmpty();
  }

  @Test
  void publishesMoreThanReachesTheDiskAtOnce() {
    byte[] part = new byte[1024 * 1024];
    byte[] whole = new byte[40 * part.length];
    StagedUpload staged = staging().create("large", SHA256);
    for (int start = 0; start < whole.length; start += part.length) {
      Arrays.fill(part, (byte) (start / part.length));
      System.arraycopy(part, 0, whole, start, part.length);
      get(staged.append(List.of(Buffer.buffer(part))));
    }
    Digest digest = Digest.of(SHA256, whole);
    assertThat(get(staged.digest(SHA256))).isEqualTo(digest);
    get(staged.sync());
    assertThat(get(staged.publish(digest, YES))).isTrue();
    assertThat(Arrays.equals(published(location(digest)), whole)).isTrue();
  }

  @Test
  void publishesNothingAtAllToo() {
    StagedUpload staged = staged("empty");
    get(staged.sync());
    assertThat(get(staged.publish(digest(""), YES))).isTrue();
    assertThat(published(location(digest("")))).isEmpty();
  }

  @Test
  void tellsTheDigestOfAnotherAlgorithm() {
    StagedUpload staged = staged("other", "text");
    assertThat(get(staged.digest(DigestAlgorithm.SHA512)))
        .isEqualTo(Digest.of(DigestAlgorithm.SHA512, bytes("text")));
    assertThat(get(staged.digest(SHA256))).isEqualTo(digest("text"));
  }

  @Test
  void goesOnAfterADigestWasTold() {
    StagedUpload staged = staged("on", "one");
    get(staged.digest(SHA256));
    get(staged.release());
    get(staged.append(List.of(Buffer.buffer("two"), Buffer.buffer("three"))));
    assertThat(get(staged.digest(SHA256))).isEqualTo(digest("onetwothree"));
  }

  @Test
  void forgetsWhatIsCutOff() {
    StagedUpload staged = staged("cut", "keep", "drop");
    get(staged.truncate(4));
    assertThat(staged.size()).isEqualTo(4);
    get(staged.append(List.of(Buffer.buffer("!"))));
    assertThat(get(staged.digest(SHA256))).isEqualTo(digest("keep!"));
  }

  @Test
  void reopensWhatAnEarlierLifeLeft() {
    get(staged("left", "0123456789").release());
    assertThat(get(staging().leftBehind("left"))).isEqualTo(10);
    StagedUpload reopened = get(staging().reopen("left", SHA256, 6));
    assertThat(reopened.size()).isEqualTo(6);
    get(reopened.append(List.of(Buffer.buffer("x"))));
    assertThat(get(reopened.digest(SHA256))).isEqualTo(digest("012345x"));
  }

  @Test
  void refusesToReopenMoreThanThereIs() {
    get(staged("short", "abc").release());
    assertThatThrownBy(() -> get(staging().reopen("short", SHA256, 4)))
        .hasMessageContaining("expected 4 bytes");
  }

  @Test
  void deletesWhatIsDiscarded() {
    get(staged("gone", "abc").release());
    assertThat(get(staging().list())).containsExactly("gone");
    get(staging().discard("gone"));
    get(staging().discard("never there"));
    assertThat(get(staging().leftBehind("gone"))).isEqualTo(-1);
  }

  @Test
  void takesBackWhatNobodyNamed() {
    StagedUpload staged = staged("back", "abc");
    get(staged.sync());
    assertThat(
            get(staged.publish(digest("abc"), new Answers(Future.succeededFuture(false), false))))
        .isFalse();
    assertThat(get(staging().leftBehind("back"))).isEqualTo(3);
    assertThat(get(staged.publish(digest("abc"), YES))).isTrue();
  }

  @Test
  void leavesWhatOthersName() {
    StagedUpload staged = staged("theirs", "abc");
    get(staged.sync());
    Answers failed = new Answers(Future.failedFuture(new IllegalStateException("away")), true);
    assertThatThrownBy(() -> get(staged.publish(digest("abc"), failed))).hasMessage("away");
    assertThat(published(location(digest("abc")))).isEqualTo(bytes("abc"));
    // The second try finds the bytes where the first one put them.
    assertThat(get(staged.publish(digest("abc"), YES))).isTrue();
  }

  @Test
  void cannotPublishWhatIsNowhere() {
    StagedUpload staged = staging().create("nothing", SHA256);
    assertThatThrownBy(() -> get(staged.publish(digest("never written"), YES)))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("its bytes are gone");
  }

  @Test
  void publishesOneDigestOneAfterTheOther() {
    List<Future<Boolean>> published =
        IntStream.range(0, 20)
            .mapToObj(i -> staged("same" + i, "same"))
            .map(staged -> staged.sync().compose(ignored -> staged.publish(digest("same"), YES)))
            .toList();
    published.forEach(result -> assertThat(get(result)).isTrue());
    assertThat(published(location(digest("same")))).isEqualTo(bytes("same"));
    assertThat(get(staging().list())).isEmpty();
  }
}
