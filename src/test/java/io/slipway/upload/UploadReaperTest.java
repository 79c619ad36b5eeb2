package io.slipway.upload;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.Staging;
import io.slipway.blob.file.FileStorage;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.metadata.sql.SqlBlobLinks;
import io.slipway.metadata.sql.SqlUploads;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.Eventually;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that ended, some of which the store refuses to delete. */
class UploadReaperTest {
  private static final RepositoryName APP = new RepositoryName("team/app");
  private static final UploadConfig CONFIG =
      new UploadConfig(Duration.ofHours(1), Duration.ofHours(24), Duration.ofSeconds(10), 10_000);
  private static final Set<String> STUBBORN = Set.of("closed-03", "finished-05");

  @RegisterExtension private final SqliteExtension sqlite = new SqliteExtension();
  @TempDir private Path root;
  private FileStorage storage;
  private SqlUploads uploads;

  @BeforeEach
  void open() throws IOException {
    get(Migrations.bundled().apply(sqlite.database()));
    storage = FileStorage.open(root, 0);
    uploads = new SqlUploads(sqlite.database());
  }

  @AfterEach
  void close() throws InterruptedException {
    storage.close();
  }

  private UploadService service(boolean shared, Set<String> stubborn) {
    return new UploadService(
        sqlite.vertx(),
        uploads,
        new SqlBlobLinks(sqlite.database()),
        new StubbornStaging(storage.staging(), shared, stubborn),
        storage.reserve(),
        "node",
        UploadPeers.NONE,
        CONFIG);
  }

  private void ended(String state) {
    ended(state, 20);
  }

  private void ended(String state, int count) {
    List<Future<Boolean>> opened =
        IntStream.range(0, count)
            .mapToObj(i -> String.format("%s-%02d", state, i))
            .map(id -> uploads.open(id, APP, DigestAlgorithm.SHA256, Actor.named("alice"), 10_000))
            .toList();
    opened.forEach(SqliteExtension::get);
    end(state, state + "%");
  }

  private void ended(String state, String id) {
    get(uploads.open(id, APP, DigestAlgorithm.SHA256, Actor.named("alice"), 10_000));
    end(state, id);
  }

  private void end(String state, String ids) {
    get(
        sqlite
            .database()
            .update("UPDATE upload SET state = $1, beat_at = 0 WHERE id LIKE $2", state, ids));
  }

  private List<String> sessions() {
    return get(
        sqlite.database().query("SELECT id FROM upload ORDER BY id", row -> row.string("id")));
  }

  @Test
  void forgetsAllButThoseWhoseBytesStay() {
    ended("closed");
    ended("finished");
    assertThat(get(service(true, STUBBORN).reaper().run())).isEqualTo(19);
    assertThat(sessions()).containsExactly("closed-03", "finished-05");
    assertThat(get(service(true, Set.of()).reaper().run())).isEqualTo(1);
    assertThat(sessions()).isEmpty();
  }

  @Test
  void forgetsFinishedOnesBesideAClosedOneThatStays() {
    ended("closed");
    ended("finished");
    get(service(false, STUBBORN).reaper().run());
    assertThat(sessions()).containsExactly("closed-03");
  }

  private static Set<String> stubborn(String state, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> String.format("%s-%02d", state, i))
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"closed", "finished"})
  void isNotKeptFromOthersByAsManyThatStayAsItLooksAtAtOnce(String state) {
    ended(state, 1000);
    Set<String> stay = stubborn(state, 1000);
    ended("closed", "z-later");
    ended("finished", "z-latest");
    UploadReaper reaper = service(true, stay).reaper();
    get(reaper.run());
    get(reaper.run());
    assertThat(sessions()).hasSize(1000).allMatch(stay::contains);
  }

  @Test
  void comesBackToThoseThatStayed() {
    ended("closed", 1000);
    Set<String> stubborn = stubborn("closed", 1000);
    UploadReaper reaper = service(true, stubborn).reaper();
    get(reaper.run());
    stubborn.clear();
    assertThat(get(reaper.run())).as("behind them").isZero();
    assertThat(get(reaper.run())).as("from the first one again").isEqualTo(1000);
    assertThat(sessions()).isEmpty();
  }

  @Test
  void clearsAllOfManyAwayInOneRun() {
    ended("closed", 1500);
    ended("finished", 2500);
    assertThat(get(service(true, Set.of()).reaper().run())).isEqualTo(1500);
    assertThat(sessions()).isEmpty();
  }

  private UploadSessions sessionsOf(UploadConfig config) {
    return new UploadSessions(
        sqlite.vertx(),
        uploads,
        storage.staging(),
        "node",
        UploadPeers.NONE,
        config,
        new UploadMemory(1 << 20));
  }

  private UploadReaper reaper(UploadSessions sessions, UploadConfig config) {
    return new UploadReaper(
        uploads.housekeeping(), sessions, storage.staging(), config, Duration.ofMillis(200));
  }

  @Test
  void goesOnBesideAWriterThatDoesNotLeave() {
    get(uploads.open("writes", APP, DigestAlgorithm.SHA256, Actor.named("alice"), 10));
    UploadSessions sessions = sessionsOf(CONFIG);
    Promise<Void> never = Promise.promise();
    Promise<Void> begun = Promise.promise();
    sessions.write(
        APP,
        "writes",
        OptionalLong.empty(),
        writing -> {
          begun.complete();
          return never.future();
        },
        asked -> Future.failedFuture("refused"));
    get(begun.future());
    ended("closed");
    get(sqlite.database().update("UPDATE upload SET state = 'closed' WHERE id = 'writes'"));
    assertThat(get(reaper(sessions, CONFIG).run())).isEqualTo(20);
    assertThat(sessions()).containsExactly("writes");
    never.complete();
    Eventually.happens("the rest is deleted", () -> get(reaper(sessions, CONFIG).run()) == 1);
  }

  private UploadReaper reaperOfUnused(UploadSessions sessions, boolean shared) {
    UploadConfig brief =
        new UploadConfig(Duration.ofSeconds(1), Duration.ofHours(24), Duration.ofSeconds(10), 10);
    Staging staging = new StubbornStaging(storage.staging(), shared, Set.of());
    return new UploadReaper(
        uploads.housekeeping(), sessions, staging, brief, Duration.ofMillis(200));
  }

  private UploadSessions sessionsOfAFinishedOne() {
    get(uploads.open("kept", APP, DigestAlgorithm.SHA256, Actor.named("alice"), 10));
    UploadSessions sessions = sessionsOf(CONFIG);
    sessions.opened("kept", storage.staging().create("kept", DigestAlgorithm.SHA256));
    get(sqlite.database().update("UPDATE upload SET state = 'finished' WHERE id = 'kept'"));
    assertThat(sessions.known()).isEqualTo(1);
    return sessions;
  }

  @Test
  void forgetsWhatAnotherNodeFinished() {
    UploadSessions sessions = sessionsOfAFinishedOne();
    UploadReaper reaper = reaperOfUnused(sessions, true);
    Eventually.happens(
        "it is forgotten",
        () -> {
          get(reaper.run());
          return sessions.known() == 0;
        });
  }

  /** A session that knows of a disk that failed must not be opened again as if it had not. */
  @Test
  void forgetsNoneOnFiles() {
    UploadSessions alone = sessionsOfAFinishedOne();
    UploadSessions younger = sessionsOf(CONFIG);
    younger.opened("kept", storage.staging().create("kept", DigestAlgorithm.SHA256));
    UploadReaper shared = reaperOfUnused(younger, true);
    Eventually.happens(
        "a younger one would be forgotten",
        () -> {
          get(shared.run());
          return younger.known() == 0;
        });
    get(reaperOfUnused(alone, false).run());
    assertThat(alone.known()).isEqualTo(1);
  }

  @Test
  void keepsWhatIsUsed() {
    get(uploads.open("used", APP, DigestAlgorithm.SHA256, Actor.named("alice"), 10));
    UploadSessions sessions = sessionsOf(CONFIG);
    List<Integer> known = new ArrayList<>();
    get(
        sessions.write(
            APP,
            "used",
            OptionalLong.empty(),
            writing -> {
              sessions.forgetUnused(Duration.ZERO);
              known.add(sessions.known());
              return Future.succeededFuture();
            },
            asked -> Future.failedFuture("refused")));
    sessions.forgetUnused(Duration.ofHours(1));
    known.add(sessions.known());
    sessions.forgetUnused(Duration.ZERO);
    known.add(sessions.known());
    assertThat(known).containsExactly(1, 1, 0);
  }

  @Test
  void startsBesideBytesThatCannotBeDeleted() throws IOException {
    for (int i = 0; i < 20; i++) {
      Files.write(root.resolve("uploads").resolve(String.format("closed-%02d", i)), new byte[1]);
    }
    get(service(false, STUBBORN).recovery().run());
    assertThat(get(storage.staging().leftovers().list())).containsExactly("closed-03");
  }
}
