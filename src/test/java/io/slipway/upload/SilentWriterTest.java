package io.slipway.upload;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.file.FileStorage;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.metadata.Uploads;
import io.slipway.metadata.sql.SqlBlobLinks;
import io.slipway.metadata.sql.SqlUploads;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.PushClient;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A request waits once for the node that writes its upload, whatever that answers. */
class SilentWriterTest {
  private static final RepositoryName APP = new RepositoryName("team/app");
  private static final Actor ALICE = Actor.named("alice");
  private static final byte[] BLOB = PushClient.bytes(44, 1000);
  private static final UploadConfig CONFIG =
      new UploadConfig(Duration.ofHours(1), Duration.ofHours(24), Duration.ofSeconds(10), 10_000);

  @RegisterExtension private final SqliteExtension sqlite = new SqliteExtension();
  @TempDir private Path root;
  private final List<UploadYield> asked = Collections.synchronizedList(new ArrayList<>());
  private FileStorage storage;
  private UploadService service;
  private String id = "";
  private boolean says;

  /** Another node is the one who writes. */
  @BeforeEach
  void begins() throws IOException {
    get(Migrations.bundled().apply(sqlite.database()));
    storage = FileStorage.open(root, 0);
    Uploads uploads = new SqlUploads(sqlite.database());
    service =
        new UploadService(
            sqlite.vertx(),
            uploads,
            new SqlBlobLinks(sqlite.database()),
            storage.staging(),
            storage.reserve(),
            "here",
            this::ask,
            CONFIG);
    id = on(() -> service.start(APP, DigestAlgorithm.SHA256, ALICE)).result();
    assertThat(get(uploads.begin(id, APP, OptionalLong.of(0), "there"))).isPresent();
  }

  @AfterEach
  void closes() throws InterruptedException {
    storage.close();
  }

  private Future<Boolean> ask(String node, String upload, boolean stop) {
    assertThat(node).isEqualTo("there");
    asked.add(new UploadYield(upload, stop));
    return Future.succeededFuture(says);
  }

  private <T> Future<T> on(Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    sqlite.vertx().getOrCreateContext().runOnContext(ignored -> work.get().onComplete(done));
    get(done.future().transform(Future::succeededFuture));
    return done.future();
  }

  private static UploadBody body() {
    return new UploadBody(
        new OnePiece(Buffer.buffer(BLOB), true), OptionalLong.empty(), reads -> {});
  }

  private static void requireRefused(Future<?> answer) {
    assertThat(answer.cause())
        .isInstanceOfSatisfying(
            RegistryException.class,
            refused -> assertThat(refused.code()).isEqualTo(ErrorCode.UPLOAD_RANGE_INVALID));
  }

  @Test
  void isAskedOnceForAChunk() {
    requireRefused(on(() -> service.append(APP, id, Optional.empty(), body())));
    assertThat(asked).containsExactly(new UploadYield(id, true));
  }

  /** It says that it let go, and is the writer all the same. */
  @Test
  void isAskedOnceThoughItSaysThatItLetGo() {
    says = true;
    requireRefused(on(() -> service.append(APP, id, Optional.empty(), body())));
    assertThat(asked).containsExactly(new UploadYield(id, true));
  }

  @Test
  void isAskedOnceForTheEnd() {
    requireRefused(
        on(
            () ->
                service.finish(APP, id, PushClient.digest(BLOB), Optional.empty(), body(), ALICE)));
    assertThat(asked).containsExactly(new UploadYield(id, true));
  }

  @Test
  void isAskedOnceHowFarItIs() {
    assertThat(on(() -> service.size(APP, id)).result()).isZero();
    assertThat(asked).containsExactly(new UploadYield(id, false));
  }
}
