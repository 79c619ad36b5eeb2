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
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every place for unfinished uploads promises. */
public abstract class StagingContract {
  protected static final DigestAlgorithm SHA256 = DigestAlgorithm.SHA256;

  private final AtomicLong turns = new AtomicLong();

  protected abstract Staging staging();

  /** Reads published bytes; empty when there are none. */
  protected abstract byte[] published(String location);

  /** Requires that nothing is left of any upload but what was published. */
  protected abstract void requireNothingLeft();

  protected static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  protected static Digest digest(String text) {
    return Digest.of(SHA256, bytes(text));
  }

  /** Begins a turn whose checkpoints are recorded by nobody. */
  protected void begin(StagedUpload staged) {
    WriterTurn turn =
        new WriterTurn(
            turns.incrementAndGet(), staged.progress().nextPart(), Future::succeededFuture);
    staged.begin(turn, -1);
  }

  protected StagedUpload staged(String id, String... texts) {
    StagedUpload staged = staging().create(id, SHA256);
    begin(staged);
    for (String text : texts) {
      get(staged.append(List.of(Buffer.buffer(text))));
    }
    return staged;
  }

  /** Names bytes, or not, and knows of others who do, or not. */
  protected static final class Answers implements StagedUpload.Naming {
    private final Future<Boolean> answer;
    private final Future<Boolean> named;
    private String location = "";

    public Answers(Future<Boolean> answer, boolean named) {
      this(answer, Future.succeededFuture(named));
    }

    public Answers(Future<Boolean> answer, Future<Boolean> named) {
      this.answer = answer;
      this.named = named;
    }

    @Override
    public Future<Boolean> name(String where) {
      location = where;
      return answer;
    }

    @Override
    public Future<Boolean> isNamed() {
      return named;
    }
  }

  /** Publishes bytes and reads them where they were named. */
  protected byte[] publish(StagedUpload staged, Digest digest) {
    Answers yes = yes();
    assertThat(get(staged.publish(digest, yes))).isTrue();
    return published(yes.location);
  }

  protected static Answers yes() {
    return new Answers(Future.succeededFuture(true), true);
  }

  @Test
  void publishesWhatWasAppended() {
    StagedUpload staged = staged("a", "first ", "second");
    Digest digest = digest("first second");
    assertThat(get(staged.digest(SHA256))).contains(digest);
    get(staged.sync());
    assertThat(staged.size()).isEqualTo(12);
    assertThat(publish(staged, digest)).isEqualTo(bytes("first second"));
    requireNothingLeft();
  }

  @Test
  void publishesMoreThanIsStoredAtOnce() {
    byte[] part = new byte[1024 * 1024];
    byte[] whole = new byte[40 * part.length];
    StagedUpload staged = staged("large");
    for (int start = 0; start < whole.length; start += part.length) {
      Arrays.fill(part, (byte) (start / part.length));
      System.arraycopy(part, 0, whole, start, part.length);
      get(staged.append(List.of(Buffer.buffer(part))));
    }
    Digest digest = Digest.of(SHA256, whole);
    assertThat(get(staged.digest(SHA256))).contains(digest);
    get(staged.sync());
    assertThat(Arrays.equals(publish(staged, digest), whole)).isTrue();
    requireNothingLeft();
  }

  @Test
  void publishesNothingAtAllToo() {
    StagedUpload staged = staged("empty");
    get(staged.sync());
    assertThat(publish(staged, digest(""))).isEmpty();
  }

  @Test
  void verifiesTheDigestOfAnotherAlgorithm() {
    StagedUpload staged = staged("other", "text");
    Digest other = Digest.of(DigestAlgorithm.SHA512, bytes("text"));
    // Told now, or verified before the bytes are named.
    assertThat(get(staged.digest(DigestAlgorithm.SHA512)).orElse(other)).isEqualTo(other);
    get(staged.sync());
    assertThat(publish(staged, other)).isEqualTo(bytes("text"));
  }

  @Test
  void goesOnAfterADigestWasTold() {
    StagedUpload staged = staged("on", "one");
    get(staged.digest(SHA256));
    get(staged.release());
    assertThat(staged.size()).isEqualTo(3);
    begin(staged);
    get(staged.append(List.of(Buffer.buffer("two"), Buffer.buffer("three"))));
    assertThat(get(staged.digest(SHA256))).contains(digest("onetwothree"));
    get(staged.sync());
    assertThat(publish(staged, digest("onetwothree"))).isEqualTo(bytes("onetwothree"));
  }

  @Test
  void forgetsWhatIsCutOff() {
    StagedUpload staged = staged("cut", "keep");
    get(staged.release());
    begin(staged);
    get(staged.append(List.of(Buffer.buffer("drop"))));
    get(staged.truncate(4));
    assertThat(staged.size()).isEqualTo(4);
    get(staged.append(List.of(Buffer.buffer("!"))));
    assertThat(get(staged.digest(SHA256))).contains(digest("keep!"));
    get(staged.sync());
    assertThat(publish(staged, digest("keep!"))).isEqualTo(bytes("keep!"));
  }

  @Test
  void goesOnWhereAnotherProcessStopped() {
    StagedUpload left = staged("left", "0123456789");
    get(left.release());
    StagedUpload reopened = get(staging().reopen("left", SHA256, left.progress()));
    assertThat(reopened.size()).isEqualTo(10);
    begin(reopened);
    get(reopened.append(List.of(Buffer.buffer("x"))));
    assertThat(get(reopened.digest(SHA256))).contains(digest("0123456789x"));
    get(reopened.sync());
    assertThat(publish(reopened, digest("0123456789x"))).isEqualTo(bytes("0123456789x"));
  }

  @Test
  void publishesWhatAnotherProcessSynced() {
    StagedUpload left = staged("synced", "abc");
    get(left.sync());
    StagedUpload reopened = staging().reopenSynced("synced", SHA256, left.progress());
    assertThat(publish(reopened, digest("abc"))).isEqualTo(bytes("abc"));
    // The answer to the first try may have been lost.
    assertThat(publish(reopened, digest("abc"))).isEqualTo(bytes("abc"));
  }

  @Test
  void deletesWhatIsDiscarded() {
    get(staged("gone", "a".repeat(100_000)).release());
    get(staging().discard("gone"));
    get(staging().discard("never there"));
    requireNothingLeft();
  }

  @Test
  void publishesAgainWhatNobodyNamed() {
    StagedUpload staged = staged("back", "abc");
    get(staged.sync());
    assertThat(
            get(staged.publish(digest("abc"), new Answers(Future.succeededFuture(false), false))))
        .isFalse();
    assertThat(publish(staged, digest("abc"))).isEqualTo(bytes("abc"));
  }

  @Test
  void cannotPublishWhatIsNowhere() {
    StagedUpload staged = staging().create("nothing", SHA256);
    assertThatThrownBy(() -> get(staged.publish(digest("never written"), yes())))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("its bytes are gone");
  }

  @Test
  void publishesOneDigestManyTimesAtOnce() {
    List<StagedUpload> uploads =
        IntStream.range(0, 20).mapToObj(i -> staged("same" + i, "same")).toList();
    List<Answers> names = uploads.stream().map(ignored -> yes()).toList();
    List<Future<Boolean>> published =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    uploads
                        .get(i)
                        .sync()
                        .compose(ignored -> uploads.get(i).publish(digest("same"), names.get(i))))
            .toList();
    published.forEach(result -> assertThat(get(result)).isTrue());
    names.forEach(name -> assertThat(published(name.location)).isEqualTo(bytes("same")));
  }
}
