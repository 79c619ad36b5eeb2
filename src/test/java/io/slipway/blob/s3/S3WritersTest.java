package io.slipway.blob.s3;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.blob.S3Config;
import io.slipway.blob.StagedProgress;
import io.slipway.blob.StagedUpload;
import io.slipway.blob.WriterTurn;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.testing.FakeS3;
import io.slipway.testing.PushClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several writers of one upload, and many uploads in little memory. */
class S3WritersTest {
  private static final DigestAlgorithm SHA256 = DigestAlgorithm.SHA256;
  private static final int MEBIBYTE = 1024 * 1024;
  private static final int PART = 5 * MEBIBYTE;

  private final FakeS3 fake = new FakeS3();
  private final Steps steps = new Steps();
  private final PartMemory memory =
      new PartMemory(PART, Duration.ofMillis(200), new SimpleMeterRegistry());
  private S3Clients clients;
  private S3Bucket bucket;
  private S3Staging staging;

  @BeforeEach
  void open() {
    S3Config config = fake.config();
    clients = S3Clients.open(config);
    bucket = new S3Bucket(clients.requests(), config, FakeS3.BUCKET);
    staging = new S3Staging(bucket, memory, steps);
  }

  @AfterEach
  void close() throws InterruptedException {
    assertThat(memory.used()).as("memory that nobody gave back").isZero();
    assertThat(fake.overwritten()).isEmpty();
    steps.close();
    clients.close();
    fake.close();
  }

  private static void begin(StagedUpload staged, long epoch, long nextPart) {
    staged.begin(new WriterTurn(epoch, nextPart, Future::succeededFuture), -1);
  }

  private static Future<Void> append(StagedUpload staged, byte[] bytes) {
    return staged.append(List.of(Buffer.buffer(bytes)));
  }

  private String publish(StagedUpload staged, Digest digest) {
    OneName named = new OneName();
    get(staged.publish(digest, named));
    return named.location();
  }

  /** S1: a writer that slept must not overwrite what its successor stored. */
  @Test
  void keepsAWokenWriterAwayFromThePartsOfItsSuccessor() {
    byte[] first = PushClient.bytes(1, 2 * PART);
    byte[] lost = PushClient.bytes(2, 2 * PART);
    byte[] second = PushClient.bytes(3, 2 * PART);
    StagedUpload asleep = staging.create("u", SHA256);
    begin(asleep, 1, 1);
    get(append(asleep, first));
    get(asleep.release());
    StagedProgress row = asleep.progress();
    begin(asleep, 2, row.nextPart());
    // The row gives the successor the numbers after those that the sleeper may use.
    StagedUpload awake = get(staging.reopen("u", SHA256, row));
    begin(awake, 3, row.nextPart() + 8);
    get(append(awake, second));
    get(awake.release());
    get(append(asleep, lost));
    get(asleep.release());
    byte[] whole = Arrays.copyOf(first, 4 * PART);
    System.arraycopy(second, 0, whole, 2 * PART, 2 * PART);
    Digest digest = Digest.of(SHA256, whole);
    assertThat(get(awake.digest(SHA256))).contains(digest);
    get(awake.sync());
    assertThat(Arrays.equals(fake.read(publish(awake, digest)), whole)).isTrue();
  }

  @Test
  void waitsForTheRowBeforeItUsesTooManyNumbers() {
    StagedUpload staged = staging.create("u", SHA256);
    AtomicInteger asked = new AtomicInteger();
    Promise<Void> recorded = Promise.promise();
    staged.begin(
        new WriterTurn(
            1,
            1,
            () -> {
              asked.incrementAndGet();
              return recorded.future();
            }),
        -1);
    Future<Void> eight = append(staged, new byte[8 * PART]);
    get(eight);
    Future<Void> ninth = append(staged, new byte[PART]);
    assertThat(asked).hasValue(1);
    assertThat(staged.progress().nextPart()).isEqualTo(9);
    assertThat(ninth.isComplete()).isFalse();
    recorded.complete();
    get(ninth);
    get(staged.release());
    assertThat(staged.progress().nextPart()).isEqualTo(10);
    get(staging.discard("u"));
  }

  @Test
  void stopsWhenTheRowBelongsToAnotherWriter() {
    StagedUpload staged = staging.create("u", SHA256);
    begin(staged, 1, 1);
    staged.begin(
        new WriterTurn(1, 1, () -> Future.failedFuture(new IllegalStateException("taken over"))),
        -1);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 9; i++) {
                get(append(staged, new byte[PART]));
              }
            })
        .hasMessageContaining("taken over");
    assertThatThrownBy(() -> get(staged.release())).hasMessageContaining("taken over");
    get(staging.discard("u"));
  }

  @Test
  void storesManyUploadsInTheMemoryOfOnePart() throws Exception {
    int uploads = 6;
    List<StagedUpload> staged = new ArrayList<>();
    List<Future<Void>> appended = new ArrayList<>();
    byte[][] blobs = new byte[uploads][];
    for (int i = 0; i < uploads; i++) {
      blobs[i] = PushClient.bytes(10 + i, 2 * PART + 700_000 * (i + 1));
      StagedUpload one = staging.create("u" + i, SHA256);
      begin(one, 1, 1);
      staged.add(one);
      for (int from = 0; from < blobs[i].length; from += MEBIBYTE) {
        int to = Math.min(blobs[i].length, from + MEBIBYTE);
        appended.add(append(one, Arrays.copyOfRange(blobs[i], from, to)));
      }
    }
    List<Future<Void>> synced = staged.stream().map(StagedUpload::sync).toList();
    // One after the other they are silent for a while, until the memory is taken from them.
    Future.all(appended).await(1, TimeUnit.MINUTES);
    Future.all(synced).await(1, TimeUnit.MINUTES);
    for (int i = 0; i < uploads; i++) {
      Digest digest = Digest.of(SHA256, blobs[i]);
      assertThat(get(staged.get(i).digest(SHA256))).contains(digest);
      String location = publish(staged.get(i), digest);
      assertThat(Arrays.equals(fake.read(location), blobs[i])).isTrue();
      get(staging.tidy("u" + i, staged.get(i).progress()));
    }
    assertThat(fake.keys()).as("one object for each").hasSize(uploads);
    assertThat(fake.unfinished()).isEmpty();
  }

  /** Stores an upload as pieces that fill a part, which was not stored. */
  private StagedUpload withPiecesOfAWholePart(byte[] part) {
    StagedUpload staged = staging.create("u", SHA256);
    begin(staged, 1, 1);
    get(append(staged, Arrays.copyOf(part, 3 * MEBIBYTE)));
    get(staged.release());
    begin(staged, 2, staged.progress().nextPart());
    fake.denied("^PUT .*partNumber=1", 1);
    // There is no memory for the part beside its end, which so becomes a piece too.
    get(append(staged, Arrays.copyOfRange(part, 3 * MEBIBYTE, PART)));
    assertThatThrownBy(() -> get(staged.release())).hasMessageContaining("try again");
    assertThat(staged.size()).isEqualTo(PART);
    return staged;
  }

  private void requireGoesOn(StagedUpload staged, byte[] blob) {
    begin(staged, 3, staged.progress().nextPart());
    get(append(staged, Arrays.copyOfRange(blob, PART, blob.length)));
    Digest digest = Digest.of(SHA256, blob);
    assertThat(get(staged.digest(SHA256))).contains(digest);
    get(staged.sync());
    assertThat(Arrays.equals(fake.read(publish(staged, digest)), blob)).isTrue();
  }

  @Test
  void goesOnAfterPiecesWhosePartWasNotStored() {
    byte[] blob = PushClient.bytes(30, PART + 700_000);
    requireGoesOn(withPiecesOfAWholePart(Arrays.copyOf(blob, PART)), blob);
  }

  @Test
  void goesOnElsewhereAfterPiecesWhosePartWasNotStored() {
    byte[] blob = PushClient.bytes(31, 2 * PART + 1);
    StagedProgress row = withPiecesOfAWholePart(Arrays.copyOf(blob, PART)).progress();
    requireGoesOn(get(staging.reopen("u", SHA256, row)), blob);
  }

  @Test
  void addsBytesToAnObjectAsLargeAsAPart() {
    byte[] blob = PushClient.bytes(32, 2 * PART);
    StagedUpload staged = withPiecesOfAWholePart(Arrays.copyOf(blob, PART));
    begin(staged, 3, staged.progress().nextPart());
    get(staged.sync());
    requireGoesOn(staged, blob);
  }

  @Test
  void makesTheLastPartOfASmallPiece() {
    byte[] blob = PushClient.bytes(40, PART + 700_000);
    StagedUpload staged = staging.create("u", SHA256);
    begin(staged, 1, 1);
    get(append(staged, blob));
    get(staged.release());
    begin(staged, 2, staged.progress().nextPart());
    get(staged.sync());
    String location = publish(staged, Digest.of(SHA256, blob));
    assertThat(Arrays.equals(fake.read(location), blob)).isTrue();
  }

  @Test
  void refusesAPartForWhichThereIsTooLittleMemory() {
    int large = PART + MEBIBYTE;
    byte[] blob = PushClient.bytes(50, large + 1);
    StagedUpload staged = staging.create("u", SHA256);
    // So long that its parts have to be larger than those of others.
    staged.begin(new WriterTurn(1, 1, Future::succeededFuture), 9000L * PART + 1);
    requireUnavailable(append(staged, blob));
    requireUnavailable(staged.release());
    assertThat(memory.used()).isZero();
    StagedProgress row = staged.progress();
    assertThat(row.size()).isEqualTo(large);
    begin(staged, 2, row.nextPart());
    requireUnavailable(staged.sync());
    PartMemory enough = new PartMemory(large, Duration.ofMillis(200), new SimpleMeterRegistry());
    StagedUpload elsewhere = get(new S3Staging(bucket, enough, steps).reopen("u", SHA256, row));
    begin(elsewhere, 3, row.nextPart());
    get(append(elsewhere, Arrays.copyOfRange(blob, large, blob.length)));
    get(elsewhere.sync());
    String location = publish(elsewhere, Digest.of(SHA256, blob));
    assertThat(Arrays.equals(fake.read(location), blob)).isTrue();
    assertThat(enough.used()).isZero();
  }

  private static void requireUnavailable(Future<Void> step) {
    assertThatThrownBy(() -> get(step))
        .isInstanceOfSatisfying(
            RegistryException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  /** X2: half-filled buffers of slow clients. */
  @Test
  void takesMemoryFromAClientThatIsSilent() {
    byte[] half = PushClient.bytes(20, 3 * MEBIBYTE);
    StagedUpload silent = staging.create("silent", SHA256);
    begin(silent, 1, 1);
    get(append(silent, half));
    assertThat(memory.used()).isPositive();
    StagedUpload busy = staging.create("busy", SHA256);
    begin(busy, 1, 1);
    byte[] blob = PushClient.bytes(21, PART + 1);
    get(append(busy, blob));
    get(busy.sync());
    assertThat(fake.read(publish(busy, Digest.of(SHA256, blob)))).isEqualTo(blob);
    get(append(silent, half));
    byte[] both = Arrays.copyOf(half, 2 * half.length);
    System.arraycopy(half, 0, both, half.length, half.length);
    assertThat(get(silent.digest(SHA256))).contains(Digest.of(SHA256, both));
    get(silent.sync());
    assertThat(fake.read(publish(silent, Digest.of(SHA256, both)))).isEqualTo(both);
  }

  @Test
  void savesAHashHalfWay() {
    assertThat(HashState.isAvailable()).isTrue();
  }
}
