package io.slipway.upload;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.file.FileStorage;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.metadata.UploadRow;
import io.slipway.metadata.UploadRow.State;
import io.slipway.metadata.Uploads;
import io.slipway.metadata.sql.SqlBlobLinks;
import io.slipway.metadata.sql.SqlUploads;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.PushClient;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Closes a session before and after each step of the request that writes to it. */
class ClosedUploadTest {
  private static final RepositoryName APP = new RepositoryName("team/app");
  private static final byte[] BLOB = PushClient.bytes(41, 5000);
  private static final int FIRST = 1000;
  private static final UploadConfig CONFIG =
      new UploadConfig(Duration.ofHours(1), Duration.ofHours(24), Duration.ofSeconds(10), 10_000);

  private static final String STALE =
      "UPDATE upload SET beat_at = 0 WHERE id = $1 AND state IN ('open', 'sealed')";

  /** For how long a request waits for a deletion that should not come. */
  private static final long LOOK_MILLIS = 100;

  @RegisterExtension private final SqliteExtension sqlite = new SqliteExtension();
  @TempDir private Path root;
  private FileStorage storage;
  private Context context;
  private Uploads uploads;
  private UploadService service;

  private final Set<String> seen = new LinkedHashSet<>();
  private @Nullable String moment;
  private Supplier<Future<?>> interruption = Future::succeededFuture;
  private Promise<Void> deleted = Promise.promise();

  /** What a request wants. */
  enum Request {
    APPEND,
    FINISH,
    FINISH_WITH_WRONG_DIGEST,
    FINISH_WITH_OTHER_ALGORITHM
  }

  /** Who closes. */
  enum Closer {
    CLIENT,
    REAPER
  }

  @BeforeEach
  void opens() throws IOException {
    get(Migrations.bundled().apply(sqlite.database()));
    storage = FileStorage.open(root, 0);
    context = sqlite.vertx().getOrCreateContext();
    uploads = new SqlUploads(sqlite.database());
    service = newService();
  }

  /** As after a restart, it knows of no session but from the database. */
  private UploadService newService() {
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

  @AfterEach
  void closes() throws InterruptedException {
    storage.close();
  }

  /** Belongs to the context. */
  private Future<?> at(String step) {
    if (step.equals("discarded")) {
      deleted.tryComplete();
      return Future.succeededFuture();
    }
    seen.add(step);
    if (!step.equals(moment)) {
      return Future.succeededFuture();
    }
    moment = null;
    return interruption.get();
  }

  @ParameterizedTest
  @CsvSource({
    "APPEND, CLIENT, 6",
    "APPEND, REAPER, 6",
    "FINISH, CLIENT, 12",
    "FINISH, REAPER, 12",
    "FINISH_WITH_WRONG_DIGEST, CLIENT, 10",
    "FINISH_WITH_WRONG_DIGEST, REAPER, 10",
    "FINISH_WITH_OTHER_ALGORITHM, CLIENT, 12",
    "FINISH_WITH_OTHER_ALGORITHM, REAPER, 12"
  })
  void answersThatTheSessionIsUnknown(Request request, Closer closer, int steps) {
    assertThat(open(request).failed()).isEqualTo(request == Request.FINISH_WITH_WRONG_DIGEST);
    Set<String> all = new LinkedHashSet<>(seen);
    assertThat(all).hasSize(steps);
    clear();
    for (String step : all) {
      deleted = Promise.promise();
      moment = step;
      Promise<Void> quiet = Promise.promise();
      String id = begin();
      interruption = () -> close(id, closer, quiet);
      Future<?> answer = settled(() -> send(id, request));
      assertThat(moment).as(step).isNull();
      get(quiet.future());
      requireUnknownOrWhole(step, request, id, answer);
      clear();
    }
  }

  private Future<?> open(Request request) {
    String id = begin();
    return settled(() -> send(id, request));
  }

  private String begin() {
    String step = moment;
    moment = null;
    String id = on(() -> service.start(APP, DigestAlgorithm.SHA256, Actor.named("alice")));
    on(() -> service.append(APP, id, Optional.empty(), body(0, FIRST, true)));
    // Nothing is remembered, so that its bytes are opened again.
    service = newService();
    seen.clear();
    moment = step;
    return id;
  }

  private Future<?> send(String id, Request request) {
    UploadBody rest = body(FIRST, BLOB.length, true);
    return request == Request.APPEND
        ? service.append(APP, id, Optional.empty(), rest)
        : service.finish(APP, id, digest(request), Optional.empty(), rest, Actor.named("alice"));
  }

  private static Digest digest(Request request) {
    return switch (request) {
      case FINISH_WITH_WRONG_DIGEST -> PushClient.digest(new byte[0]);
      case FINISH_WITH_OTHER_ALGORITHM -> Digest.of(DigestAlgorithm.SHA512, BLOB);
      default -> PushClient.digest(BLOB);
    };
  }

  /**
   * Closes a session and looks for closed ones, and returns without waiting for what must wait for
   * the writer.
   */
  private Future<?> close(String id, Closer closer, Promise<Void> quiet) {
    Future<?> cancelled =
        closer == Closer.CLIENT ? service.cancel(APP, id) : Future.succeededFuture();
    Future<?> closed =
        closer == Closer.CLIENT ? untilClosed(id) : sqlite.database().update(STALE, id);
    return closed.compose(
        ignored -> {
          Future.join(cancelled, service.reaper().run()).onComplete(ended -> quiet.tryComplete());
          return Future.any(deleted.future(), sqlite.vertx().timer(LOOK_MILLIS).mapEmpty());
        });
  }

  private Future<?> untilClosed(String id) {
    return uploads
        .find(id)
        .compose(
            row ->
                row.map(UploadRow::state).filter(ClosedUploadTest::isUnfinished).isPresent()
                    ? untilClosed(id)
                    : Future.succeededFuture());
  }

  private static boolean isUnfinished(State state) {
    return state == State.OPEN || state == State.SEALED;
  }

  private void requireUnknownOrWhole(String step, Request request, String id, Future<?> answer) {
    Optional<State> state = get(uploads.find(id)).map(UploadRow::state);
    boolean named = get(new SqlBlobLinks(sqlite.database()).isNamed(digest(request)));
    if (answer.succeeded()) {
      assertThat(request).as(step).isNotEqualTo(Request.APPEND);
      assertThat(state).as(step).contains(State.FINISHED);
    } else {
      assertThat(answer.cause()).as(step).isInstanceOf(RegistryException.class);
      assertThat(((RegistryException) answer.cause()).code())
          .as(step)
          .isEqualTo(ErrorCode.BLOB_UPLOAD_UNKNOWN);
      assertThat(state).as(step).isEmpty();
    }
    assertThat(named).as(step).isEqualTo(answer.succeeded());
    assertThat(get(storage.published().since(Instant.EPOCH)))
        .as(step)
        .hasSize(answer.succeeded() ? 1 : 0);
    assertThat(get(storage.staging().leftovers().list())).as(step).isEmpty();
  }

  private void clear() {
    get(sqlite.database().update("DELETE FROM upload"));
    get(storage.staging().leftovers().list()).forEach(id -> get(storage.staging().discard(id)));
    get(sqlite.database().update("DELETE FROM link"));
    get(sqlite.database().update("DELETE FROM blob"));
    get(storage.published().since(Instant.EPOCH))
        .forEach(blob -> get(storage.blobs().delete(blob.location())));
  }

  /** A body that would take for ever, of a client that is still there. */
  @ParameterizedTest
  @CsvSource({
    "before reopen, CLIENT",
    "after reopen, CLIENT",
    "after append, CLIENT",
    "before reopen, REAPER",
    "after reopen, REAPER",
    "after append, REAPER"
  })
  void stopsAWriterThatIsNotDone(String step, Closer closer) {
    moment = step;
    String id = begin();
    Promise<Void> quiet = Promise.promise();
    interruption = () -> close(id, closer, quiet);
    // Enough for a batch to be written while more is awaited.
    Future<?> answer =
        settled(() -> service.append(APP, id, Optional.empty(), body(new byte[1 << 20], false)));
    get(quiet.future());
    requireUnknownOrWhole(step, Request.APPEND, id, answer);
  }

  private UploadBody body(int from, int to, boolean ends) {
    return body(Arrays.copyOfRange(BLOB, from, to), ends);
  }

  private static UploadBody body(byte[] bytes, boolean ends) {
    return new UploadBody(
        new OnePiece(Buffer.buffer(bytes), ends), OptionalLong.empty(), reads -> {});
  }

  private <T> T on(Supplier<Future<T>> work) {
    return get(inContext(work));
  }

  /** Waits for a future, however it goes. */
  private Future<?> settled(Supplier<Future<?>> work) {
    return get(
        inContext(() -> work.get().<Future<?>>transform(r -> Future.succeededFuture(asFuture(r)))));
  }

  private static Future<?> asFuture(AsyncResult<?> result) {
    return result.succeeded()
        ? Future.succeededFuture(result.result())
        : Future.failedFuture(result.cause());
  }

  private <T> Future<T> inContext(Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    context.runOnContext(ignored -> work.get().onComplete(done));
    return done.future();
  }
}
