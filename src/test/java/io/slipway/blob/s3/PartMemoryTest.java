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
import io.slipway.testing.S3Fault;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** Uploads for which the JVM has less memory than they may use. */
class PartMemoryTest {
  private static final DigestAlgorithm SHA256 = DigestAlgorithm.SHA256;
  private static final int PART = 5 * 1024 * 1024;
  private static final byte[] BLOB = PushClient.bytes(1, 2 * PART + 3);

  private final FakeS3 fake = new FakeS3();
  private final Steps steps = new Steps();
  private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
  private final List<S3Fault> held = new ArrayList<>();
  private PartMemory memory;
  private S3Clients clients;
  private S3Bucket bucket;
  private S3Staging staging;

  @BeforeEach
  void open() {
    S3Config config = fake.config();
    clients = S3Clients.open(config);
    bucket = new S3Bucket(clients.requests(), config, FakeS3.BUCKET);
    restart();
  }

  /** Makes memory of which nothing was used yet. */
  private void restart() {
    memory =
        new PartMemory(2 * PART, Duration.ofSeconds(5), new SimpleMeterRegistry(), this::makeChunk);
    staging = new S3Staging(bucket, memory, steps);
  }

  private ByteBuffer makeChunk() {
    if (left.getAndDecrement() <= 0) {
      held.forEach(S3Fault::lift);
      throw new OutOfMemoryError("planted");
    }
    return ByteBuffer.allocateDirect(PartMemory.CHUNK);
  }

  @AfterEach
  void close() throws InterruptedException {
    steps.close();
    clients.close();
    fake.close();
  }

  /** Each of its requests throws. */
  private static final class NoRequests implements S3AsyncClient {
    @Override
    public String serviceName() {
      return "s3";
    }

    @Override
    public void close() {}
  }

  private static void begin(StagedUpload staged, int turn) {
    WriterTurn begun = new WriterTurn(turn, staged.progress().nextPart(), Future::succeededFuture);
    staged.begin(begun, -1);
  }

  private static Future<Void> append(StagedUpload staged, byte[] bytes) {
    return staged.append(List.of(Buffer.buffer(bytes)));
  }

  private void requireUnavailable(Future<Void> step) {
    assertThatThrownBy(() -> get(step))
        .isInstanceOfSatisfying(
            RegistryException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE));
  }

  private void requirePublished(StagedUpload staged) {
    Digest digest = Digest.of(SHA256, BLOB);
    assertThat(get(staged.digest(SHA256))).contains(digest);
    get(staged.sync());
    OneName name = new OneName();
    get(staged.publish(digest, name));
    assertThat(Arrays.equals(fake.read(name.location()), BLOB)).isTrue();
    assertThat(memory.used()).isZero();
  }

  @Test
  void goOnAtWhatIsStored() {
    StagedUpload staged = staging.create("u", SHA256);
    begin(staged, 1);
    left.set(6);
    // What the first part had in memory would do for the second.
    held.add(fake.hold("^PUT .*partNumber=1", 1));
    requireUnavailable(append(staged, BLOB));
    requireUnavailable(staged.release());
    assertThat(memory.used()).as("memory that nobody gave back").isZero();
    left.set(Integer.MAX_VALUE);
    int stored = (int) staged.size();
    assertThat(stored).isEqualTo(PART);
    begin(staged, 2);
    get(append(staged, Arrays.copyOfRange(BLOB, stored, BLOB.length)));
    requirePublished(staged);
  }

  @Test
  void giveBackWhatNoRequestTook() {
    S3Bucket broken = new S3Bucket(new NoRequests(), fake.config(), FakeS3.BUCKET);
    StagedUpload staged = new S3Staging(broken, memory, steps).create("u", SHA256);
    // More often than requests may be under way.
    for (int turn = 1; turn < 10; turn++) {
      begin(staged, turn);
      get(append(staged, Arrays.copyOf(BLOB, 100_000)));
      Future<Void> released = staged.release();
      assertThatThrownBy(() -> get(released)).isInstanceOf(UnsupportedOperationException.class);
      assertThat(staged.size()).isZero();
      assertThat(memory.used()).as("memory that nobody gave back").isZero();
    }
  }

  @Test
  void keepTheEndThatIsInTheRow() {
    StagedUpload first = staging.create("u", SHA256);
    begin(first, 1);
    get(append(first, Arrays.copyOf(BLOB, 1000)));
    get(first.release());
    StagedProgress row = first.progress();
    restart();
    left.set(0);
    StagedUpload staged = get(staging.reopen("u", SHA256, row));
    begin(staged, 2);
    requireUnavailable(append(staged, new byte[1]));
    requireUnavailable(staged.release());
    requireUnavailable(staged.sync());
    assertThat(memory.used()).as("memory that nobody gave back").isZero();
    left.set(Integer.MAX_VALUE);
    assertThat(staged.size()).isEqualTo(1000);
    begin(staged, 3);
    get(append(staged, Arrays.copyOfRange(BLOB, 1000, BLOB.length)));
    requirePublished(staged);
  }
}
