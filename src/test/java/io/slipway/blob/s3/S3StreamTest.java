package io.slipway.blob.s3;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.slipway.blob.BlobContent;
import io.slipway.blob.BlobPlace;
import io.slipway.blob.BlobStream;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.testing.FakeS3;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads a blob whose bytes are not where they were said to be. */
class S3StreamTest {
  private static final byte[] BLOB = "some bytes".getBytes(StandardCharsets.UTF_8);
  private static final String HOME = "blobs/sha256/a";
  private static final String FIRST = "uploads/b";

  private final FakeS3 fake = new FakeS3();
  private final List<String> marked = new ArrayList<>();
  private OpenBucket bucket;

  @BeforeEach
  void open() {
    bucket = OpenBucket.open(fake.config());
  }

  @AfterEach
  void close() {
    bucket.close();
    fake.close();
  }

  /** A place whose metadata say something else when they are asked again. */
  private final class Place implements BlobPlace {
    private final String location;
    private final Supplier<Optional<String>> again;

    Place(String location, Supplier<Optional<String>> again) {
      this.location = location;
      this.again = again;
    }

    @Override
    public Digest digest() {
      return Digest.of(DigestAlgorithm.SHA256, BLOB);
    }

    @Override
    public String location() {
      return location;
    }

    @Override
    public Future<Optional<String>> again() {
      return Future.succeededFuture(again.get());
    }

    @Override
    public Future<Void> missing(String place) {
      marked.add(place);
      return Future.succeededFuture();
    }
  }

  private Buffer read(Place place) {
    return read(place, BlobStream::collect);
  }

  private Buffer read(Place place, Function<BlobStream, Future<Buffer>> collect) {
    Promise<Buffer> whole = Promise.promise();
    bucket
        .vertx()
        .getOrCreateContext()
        .runOnContext(
            ignored ->
                bucket
                    .storage()
                    .blobs()
                    .open(place, BLOB.length)
                    .compose(content -> ((BlobContent.Streamed) content).read(0, BLOB.length))
                    .compose(collect)
                    .onComplete(whole));
    return get(whole.future());
  }

  private ErrorCode refused(Place place) {
    return catchThrowableOfType(RegistryException.class, () -> read(place)).code();
  }

  /** It was collected, pushed again and moved home to the same key. */
  @Test
  void readsWhatCameBackToItsKey() {
    Place place =
        new Place(
            HOME,
            () -> {
              fake.put(HOME, BLOB);
              return Optional.of(HOME);
            });
    assertThat(read(place)).isEqualTo(Buffer.buffer(BLOB));
    assertThat(marked).isEmpty();
  }

  /** What it was told before it read from there says nothing of what is there later. */
  @Test
  void readsWhatCameBackToAKeyThatItHasReadFrom() {
    fake.put(HOME, BLOB);
    fake.breakBody("^GET " + HOME, 4, 1);
    List<String> named = new ArrayList<>();
    Place place =
        new Place(
            FIRST,
            () -> {
              named.add(HOME);
              if (named.size() > 1) {
                fake.put(HOME, BLOB);
              }
              return Optional.of(HOME);
            });
    assertThat(read(place, stream -> collect(stream, () -> fake.remove(HOME))))
        .isEqualTo(Buffer.buffer(BLOB));
    assertThat(named).hasSize(2);
    assertThat(marked).isEmpty();
  }

  /** Does something when the first bytes come. */
  private static Future<Buffer> collect(BlobStream stream, Runnable first) {
    Promise<Buffer> whole = Promise.promise();
    Buffer bytes = Buffer.buffer();
    stream.exceptionHandler(whole::tryFail);
    stream.endHandler(ignored -> whole.tryComplete(bytes));
    stream.handler(
        some -> {
          if (bytes.length() == 0) {
            first.run();
          }
          bytes.appendBuffer(some);
        });
    stream.resume();
    return whole.future();
  }

  @Test
  void followsABlobThatMoved() {
    fake.put(HOME, BLOB);
    assertThat(read(new Place(FIRST, () -> Optional.of(HOME)))).isEqualTo(Buffer.buffer(BLOB));
    assertThat(marked).isEmpty();
  }

  @Test
  void marksWhatIsNotWhereItIsNamedAgain() {
    assertThat(refused(new Place(FIRST, () -> Optional.of(HOME))))
        .isEqualTo(ErrorCode.BLOB_UNKNOWN);
    assertThat(marked).containsExactly(HOME);
    assertThat(fake.count("^GET " + HOME)).isEqualTo(1);
  }

  @Test
  void marksNothingThatNobodyNamesAnyMore() {
    assertThat(refused(new Place(HOME, Optional::empty))).isEqualTo(ErrorCode.BLOB_UNKNOWN);
    assertThat(marked).isEmpty();
  }

  @Test
  void marksNothingThatMovesAllTheTime() {
    List<String> named = new ArrayList<>();
    Place place =
        new Place(
            FIRST,
            () -> {
              named.add("uploads/" + named.size());
              return Optional.of(named.getLast());
            });
    assertThat(refused(place)).isEqualTo(ErrorCode.BLOB_UNKNOWN);
    assertThat(named).hasSizeBetween(2, 10);
    assertThat(marked).isEmpty();
  }
}
