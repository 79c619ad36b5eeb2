package io.slipway.blob.s3;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.ObjectStore;
import io.slipway.blob.ObjectStore.SignedDelete;
import io.slipway.testing.FakeS3;
import io.slipway.testing.S3Fault;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deletions on a server that takes a thousand in a request, and what goes wrong with them. */
class ManyDeletesTest implements DeleteContract {
  private static final String MANY = "^POST \\?delete";
  private static final String ONE = "^DELETE ";

  private final FakeS3 fake = new FakeS3().deletesMany(true);
  private OpenBucket bucket;
  private ObjectStore objects;

  @BeforeEach
  void open() {
    bucket = OpenBucket.open(fake.config());
    objects = bucket.storage().objects();
  }

  @AfterEach
  void close() {
    bucket.close();
    fake.close();
  }

  @Override
  public S3Storage storage() {
    return bucket.storage();
  }

  private List<String> keys(String name, int count) {
    List<String> keys = IntStream.range(0, count).mapToObj(i -> "uploads/" + name + i).toList();
    keys.forEach(key -> fake.put(key, new byte[1]));
    return keys;
  }

  private List<String> delete(List<String> keys) {
    return DeleteContract.delete(objects, keys);
  }

  /** The first hundred tell that the server does such a thing. */
  private void learn() {
    delete(keys("first", 2));
    assertThat(objects.deletedAtOnce()).isEqualTo(1000);
  }

  @Test
  void asksForAThousandAtATimeWhenItHasSeenThatItWorks() {
    assertThat(objects.deletedAtOnce()).isEqualTo(100);
    List<String> keys = keys("u", 2100);
    assertThat(delete(keys)).isEqualTo(keys);
    assertThat(fake.count(MANY)).isEqualTo(3);
    assertThat(fake.count(ONE)).isZero();
    assertThat(fake.keys()).isEmpty();
  }

  /** F1 of the attacks: who slept between its look and its request finds that nobody obeys it. */
  @Test
  void signsRequestsThatEndWithinAMinute() {
    learn();
    List<String> keys = keys("u", 3);
    SignedDelete signed = get(objects.sign(keys)).getFirst();
    assertThat(signed.keys()).isEqualTo(keys);
    fake.advance(Duration.ofSeconds(61));
    assertThat(get(signed.send())).isEmpty();
    assertThat(fake.keys()).isEqualTo(keys);
    fake.advance(Duration.ofSeconds(-61));
    assertThat(get(signed.send())).isEqualTo(keys);
    assertThat(fake.keys()).isEmpty();
  }

  @Test
  void believesWhatIsSaidOfEachKey() {
    learn();
    List<String> keys = keys("u", 3);
    fake.lock(keys.get(1), "AccessDenied");
    assertThat(delete(keys)).containsExactly(keys.get(0), keys.get(2));
    assertThat(fake.keys()).containsExactly(keys.get(1));
    fake.lock(keys.get(1), "");
    assertThat(objects.deletedAtOnce()).as("it works").isEqualTo(1000);
  }

  @Test
  void comesBackLaterWhenTheServerIsBusy() {
    learn();
    List<String> keys = keys("u", 3);
    fake.slowDown(MANY, 1);
    assertThat(delete(keys)).isEmpty();
    fake.reset(MANY, 1);
    assertThat(delete(keys)).isEmpty();
    keys.forEach(key -> fake.lock(key, "SlowDown"));
    assertThat(delete(keys)).isEmpty();
    keys.forEach(key -> fake.lock(key, ""));
    assertThat(objects.deletedAtOnce()).isEqualTo(1000);
    assertThat(delete(keys)).isEqualTo(keys);
    assertThat(fake.count(ONE)).isZero();
  }

  /** Busy with the first one: nothing is learned. */
  @Test
  void doesNotTakeABusyServerForOneThatCannot() {
    List<String> keys = keys("u", 3);
    fake.slowDown(MANY, 1);
    assertThat(delete(keys)).isEmpty();
    assertThat(delete(keys)).isEqualTo(keys);
    assertThat(fake.count(ONE)).isZero();
  }

  @Test
  void remembersAServerThatDoesNotTakeMany() {
    fake.deletesMany(false);
    List<String> keys = keys("u", 210);
    assertThat(delete(keys)).isEqualTo(keys);
    assertThat(fake.count(MANY)).isEqualTo(1);
    assertThat(fake.count(ONE)).isEqualTo(210);
    assertThat(objects.deletedAtOnce()).isEqualTo(100);
  }

  /** As MinIO does when it likes nothing of a request. */
  @Test
  void takesTheRefusalOfEveryKeyForARefusal() {
    List<String> keys = keys("u", 3);
    keys.forEach(key -> fake.lock(key, "AccessDenied"));
    assertThat(delete(keys)).isEqualTo(keys);
    assertThat(fake.count(ONE)).isEqualTo(3);
    keys("v", 3);
    delete(keys("w", 3));
    assertThat(fake.count(MANY)).as("remembered").isEqualTo(1);
  }

  /** Another server, or another policy, behind the same address. */
  @Test
  void looksAgainWhenAServerTakesManyNoMore() {
    learn();
    fake.deletesMany(false);
    List<String> keys = keys("u", 3);
    assertThat(delete(keys)).as("nothing else was signed").isEmpty();
    assertThat(objects.deletedAtOnce()).isEqualTo(100);
    assertThat(delete(keys)).isEqualTo(keys);
    assertThat(fake.count(ONE)).isEqualTo(3);
  }

  /** No permission: that many cannot be deleted says nothing about requests. */
  @Test
  void learnsNothingWhereNothingWorks() {
    List<String> keys = keys("u", 3);
    S3Fault many = fake.denied(MANY, 100);
    S3Fault one = fake.denied(ONE, 100);
    assertThat(delete(keys)).isEmpty();
    many.lift();
    one.lift();
    assertThat(delete(keys)).isEqualTo(keys);
    assertThat(objects.deletedAtOnce()).isEqualTo(1000);
  }

  /** What a request did before its answer was lost is asked for again. */
  @Test
  void doesNotCallGoneWhatNobodySaidIsGone() {
    learn();
    List<String> keys = keys("u", 3);
    fake.loseAnswer(MANY, 1);
    assertThat(delete(keys)).isEmpty();
    assertThat(delete(keys)).isEqualTo(keys);
  }

  @Test
  void asksOneByOneForWhatXmlCannotSay() {
    List<String> keys = List.of("uploads/a\u0001b", "uploads/c");
    keys.forEach(key -> fake.put(key, new byte[1]));
    learn();
    assertThat(delete(keys)).isEqualTo(keys);
    assertThat(fake.count(ONE)).isEqualTo(2);
  }
}
