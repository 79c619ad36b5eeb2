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
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Blobs for which 10 000 parts of the configured size are hardly enough, or too few. */
class PartNumbersTest {
  private static final DigestAlgorithm SHA256 = DigestAlgorithm.SHA256;
  private static final long MEBIBYTE = 1024 * 1024;
  private static final int PART = 5 * (int) MEBIBYTE;
  private static final long PLANNED = 9000;
  private static final int LAST = S3Multiparts.MAX_PARTS;

  private final FakeS3 fake = new FakeS3();
  private final Steps steps = new Steps();
  private PartMemory memory;
  private S3Clients clients;
  private S3Staging staging;
  private long most;

  @BeforeEach
  void open() {
    S3Config config = fake.config();
    most = config.uploadMemory().bytes();
    memory = new PartMemory(most, Duration.ofSeconds(5), new SimpleMeterRegistry());
    clients = S3Clients.open(config);
    staging = new S3Staging(new S3Bucket(clients.requests(), config, FakeS3.BUCKET), memory, steps);
  }

  @AfterEach
  void close() throws InterruptedException {
    assertThat(memory.used()).as("memory that nobody gave back").isZero();
    steps.close();
    clients.close();
    fake.close();
  }

  private StagedUpload begun(String id, long nextPart, long expected) {
    StagedUpload staged = staging.create(id, SHA256);
    staged.begin(new WriterTurn(1, nextPart, Future::succeededFuture), expected);
    return staged;
  }

  private static Future<Void> append(StagedUpload staged, byte[] bytes) {
    return staged.append(List.of(Buffer.buffer(bytes)));
  }

  /** Returns how large the parts of a blob of a length are. */
  private long partSize(long expected) {
    StagedUpload staged = begun("of-" + expected, 1, expected);
    get(append(staged, new byte[1]));
    get(staged.release());
    return state(staged).getLong("part_size");
  }

  private static JsonObject state(StagedUpload staged) {
    return new JsonObject(Objects.requireNonNull(staged.progress().state()));
  }

  private static void requireTooLarge(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            RegistryException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.SIZE_INVALID));
  }

  @Test
  void growPartsOfABlobThatIsAnnounced() {
    assertThat(partSize(-1)).isEqualTo(PART);
    assertThat(partSize(1)).isEqualTo(PART);
    assertThat(partSize(PLANNED * PART)).isEqualTo(PART);
    assertThat(partSize(PLANNED * PART + 1)).isEqualTo(PART + MEBIBYTE);
    assertThat(partSize(PLANNED * 23 * MEBIBYTE)).isEqualTo(23 * MEBIBYTE);
    assertThat(partSize(PLANNED * most + 1)).as("a part fits into the memory").isEqualTo(most);
  }

  @Test
  void keepTheirSizeInALaterRequestThatAnnouncesLess() {
    byte[] first = PushClient.bytes(1, 2 * PART + 2 * (int) MEBIBYTE);
    byte[] rest = PushClient.bytes(2, PART);
    StagedUpload staged = begun("u", 1, PLANNED * PART + 1);
    get(append(staged, first));
    get(staged.release());
    assertThat(state(staged).getJsonArray("parts").size()).as("two parts").isEqualTo(2 * 3);
    StagedProgress row = staged.progress();
    StagedUpload again = get(staging.reopen("u", SHA256, row));
    again.begin(new WriterTurn(2, row.nextPart(), Future::succeededFuture), -1);
    get(append(again, rest));
    get(again.sync());
    byte[] whole = Arrays.copyOf(first, first.length + rest.length);
    System.arraycopy(rest, 0, whole, first.length, rest.length);
    Digest digest = Digest.of(SHA256, whole);
    OneName name = new OneName();
    get(again.publish(digest, name));
    // The server refuses parts of unequal size.
    assertThat(Arrays.equals(fake.read(name.location()), whole)).isTrue();
  }

  @Test
  void endWithTheLastNumber() {
    byte[] two = PushClient.bytes(3, 2 * PART);
    StagedUpload staged = begun("u", LAST - 1, -1);
    get(append(staged, two));
    requireTooLarge(() -> get(append(staged, new byte[PART])));
    requireTooLarge(() -> get(staged.release()));
    assertThat(staged.size()).as("what is stored stays").isEqualTo(two.length);
    staged.begin(new WriterTurn(2, LAST + 1, Future::succeededFuture), -1);
    get(staged.sync());
    OneName name = new OneName();
    get(staged.publish(Digest.of(SHA256, two), name));
    assertThat(Arrays.equals(fake.read(name.location()), two)).isTrue();
  }

  @Test
  void areNotBegunForABlobThatIsKnownToBeTooLarge() {
    StagedUpload staged = begun("u", 1, LAST * most + 1);
    requireTooLarge(() -> get(append(staged, new byte[PART])));
    requireTooLarge(() -> get(staged.release()));
    assertThat(fake.count("^POST|^PUT")).as("nothing is sent").isZero();
    staged.begin(new WriterTurn(2, 1, Future::succeededFuture), LAST * most);
    get(append(staged, new byte[1]));
    get(staged.release());
    assertThat(staged.size()).isEqualTo(1);
  }

  @Test
  void areNotNeededForABlobOfOneObject() {
    byte[] blob = PushClient.bytes(4, PART);
    StagedUpload staged = begun("u", LAST + 1, blob.length - 1);
    get(append(staged, Arrays.copyOf(blob, blob.length - 1)));
    get(staged.sync());
    assertThat(staged.size()).isEqualTo(blob.length - 1);
  }
}
