package io.slipway.upload;

import static io.slipway.testing.SqliteExtension.get;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.blob.BlobStorage;
import io.slipway.blob.file.FileStorage;
import io.slipway.blob.s3.S3Storage;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.metadata.sql.SqlBlobLinks;
import io.slipway.metadata.sql.SqlUploads;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.FakeS3;
import io.slipway.testing.PushClient;
import io.slipway.testing.SqliteExtension;
import io.slipway.upload.LossyUploads.Loss;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client is told of an upload is where the next request goes on, whatever broke. */
class UploadProgressTest {
  private static final RepositoryName APP = new RepositoryName("team/app");
  private static final int FIRST = 1000;
  private static final int LOOK_MILLIS = 10;

  /** More than a part, and more than is kept in the row after it. */
  private static final byte[] BLOB = PushClient.bytes(43, 7 << 20);

  private static final Digest DIGEST = PushClient.digest(BLOB);
  private static final Digest WRONG = PushClient.digest(new byte[0]);
  private static final UploadConfig CONFIG =
      new UploadConfig(Duration.ofHours(1), Duration.ofHours(24), Duration.ofSeconds(10), 10_000);

  @RegisterExtension private final SqliteExtension sqlite = new SqliteExtension();
  @TempDir private Path root;
  private @Nullable FakeS3 bucket;
  private @Nullable BlobStorage opened;
  private Context context;
  private LossyUploads uploads;
  private @Nullable UploadService current;
  private String id = "";
  private Supplier<Future<?>> whileItRuns = Future::succeededFuture;

  /** Where the bytes are staged. */
  enum Place {
    FILES,
    S3
  }

  @BeforeEach
  void opens() {
    get(Migrations.bundled().apply(sqlite.database()));
    context = sqlite.vertx().getOrCreateContext();
    uploads = new LossyUploads(new SqlUploads(sqlite.database()));
  }

  @AfterEach
  void closes() throws InterruptedException {
    requireNonNull(opened).close();
    if (bucket != null) {
      bucket.close();
    }
  }

  /** Opens a session of which a part is acknowledged. */
  private void begin(Place place) throws Exception {
    opened = place == Place.FILES ? FileStorage.open(root, 0) : openBucket();
    current = newService();
    id = on(() -> service().start(APP, DigestAlgorithm.SHA256, Actor.named("alice")));
    assertThat(on(() -> append(0, FIRST))).isEqualTo(FIRST);
  }

  private BlobStorage openBucket() throws Exception {
    FakeS3 fake = new FakeS3();
    bucket = fake;
    return S3Storage.open(sqlite.vertx(), fake.config(), new SimpleMeterRegistry());
  }

  private UploadService service() {
    return requireNonNull(current);
  }

  private UploadService newService() {
    BlobStorage storage = requireNonNull(opened);
    return new UploadService(
        sqlite.vertx(),
        uploads,
        new SqlBlobLinks(sqlite.database()),
        new SteppedStaging(storage.staging(), this::at),
        storage.reserve(),
        "node",
        UploadPeers.NONE,
        CONFIG);
  }

  private Future<?> at(String step) {
    if (!step.equals("after append")) {
      return Future.succeededFuture();
    }
    Supplier<Future<?>> once = whileItRuns;
    whileItRuns = Future::succeededFuture;
    return once.get();
  }

  private Future<Long> append(int from, int to) {
    return service().append(APP, id, Optional.empty(), body(from, to));
  }

  private Future<Void> finish(long from, Digest digest) {
    UploadBody rest = body((int) from, BLOB.length);
    return service().finish(APP, id, digest, Optional.empty(), rest, Actor.named("alice"));
  }

  private static UploadBody body(int from, int to) {
    Buffer bytes = Buffer.buffer(Arrays.copyOfRange(BLOB, from, to));
    return new UploadBody(new OnePiece(bytes, true), OptionalLong.empty(), reads -> {});
  }

  private long size() {
    return on(() -> service().size(APP, id));
  }

  /** Completes when a running request has stored something, with what a client is told then. */
  private Future<Long> told() {
    return service()
        .size(APP, id)
        .compose(
            size ->
                size > FIRST
                    ? Future.succeededFuture(size)
                    : sqlite.vertx().timer(LOOK_MILLIS).compose(ignored -> told()));
  }

  @ParameterizedTest
  @CsvSource({
    "FILES, REQUEST",
    "FILES, ANSWER",
    "FILES, DELAY",
    "S3, REQUEST",
    "S3, ANSWER",
    "S3, DELAY"
  })
  void goesOnFromItsStatusWhenACheckpointIsLost(Place place, Loss loss) throws Exception {
    begin(place);
    uploads.lose(loss);
    assertThat(settled(() -> append(FIRST, BLOB.length)).failed()).isTrue();
    long told = size();
    assertThat(told).as("nothing that was stored is sent twice").isEqualTo(BLOB.length);
    get(uploads.arrive());
    assertThat(size()).isEqualTo(told);
    on(() -> finish(told, DIGEST));
  }

  @ParameterizedTest
  @EnumSource
  void goesOnFromWhatARunningRequestHadWhenItsCheckpointIsLost(Place place) throws Exception {
    begin(place);
    Promise<Long> told = Promise.promise();
    whileItRuns = () -> told().onComplete(told);
    uploads.lose(Loss.REQUEST);
    assertThat(settled(() -> append(FIRST, BLOB.length)).failed()).isTrue();
    long before = get(told.future());
    on(() -> finish(before, DIGEST));
  }

  @ParameterizedTest
  @EnumSource
  void goesOnFromWhatARunningRequestHadWhenTheProcessDies(Place place) throws Exception {
    begin(place);
    Promise<Long> told = Promise.promise();
    whileItRuns =
        () -> told().onComplete(told).compose(ignored -> Promise.<Void>promise().future());
    inContext(() -> append(FIRST, BLOB.length));
    long before = get(told.future());
    current = newService();
    on(() -> service().recovery().run());
    assertThat(size()).isEqualTo(before);
    on(() -> finish(before, DIGEST));
  }

  /** The bytes are gone, and the row still counts them. */
  @ParameterizedTest
  @CsvSource({"FILES, true", "FILES, false", "S3, true", "S3, false"})
  void countsNothingOfARefusedBodyWhenThatIsLost(Place place, boolean asks) throws Exception {
    begin(place);
    whileItRuns = this::told;
    uploads.lose(Loss.REQUEST);
    assertThat(settled(() -> finish(FIRST, WRONG)).failed()).isTrue();
    if (asks) {
      assertThat(size()).isEqualTo(FIRST);
    }
    on(() -> finish(FIRST, DIGEST));
  }

  @ParameterizedTest
  @EnumSource
  void goesOnFromItsStatusWhenSomebodyElseTookOver(Place place) throws Exception {
    begin(place);
    uploads.lose(Loss.REQUEST);
    assertThat(settled(() -> append(FIRST, BLOB.length)).failed()).isTrue();
    UploadService first = service();
    current = newService();
    int more = FIRST + 10;
    assertThat(on(() -> append(FIRST, more))).isEqualTo(more);
    current = first;
    assertThat(size()).isEqualTo(more);
    on(() -> finish(more, DIGEST));
  }

  private <T> T on(Supplier<Future<T>> work) {
    return get(inContext(work));
  }

  /** Waits for a future, however it goes. */
  private <T> AsyncResult<T> settled(Supplier<Future<T>> work) {
    Future<T> done = inContext(work);
    get(done.transform(ignored -> Future.succeededFuture()));
    return done;
  }

  private <T> Future<T> inContext(Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    context.runOnContext(ignored -> work.get().onComplete(done));
    return done.future();
  }
}
