package io.slipway.upload;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.file.FileStorage;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.metadata.sql.SqlBlobLinks;
import io.slipway.metadata.sql.SqlUploads;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.SqliteExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Sessions that ended, some of which the store refuses to delete. */
class UploadReaperTest {
  private static final RepositoryName APP = new RepositoryName("team/app");
  private static final UploadConfig CONFIG =
      new UploadConfig(Duration.ofHours(1), Duration.ofHours(24), Duration.ofSeconds(10));
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
    for (int i = 0; i < 20; i++) {
      String id = String.format("%s-%02d", state, i);
      get(uploads.open(id, APP, DigestAlgorithm.SHA256, Actor.named("alice")));
    }
    get(
        sqlite
            .database()
            .update(
                "UPDATE upload SET state = $1, beat_at = 0 WHERE id LIKE $2", state, state + "%"));
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

  @Test
  void startsBesideBytesThatCannotBeDeleted() throws IOException {
    for (int i = 0; i < 20; i++) {
      Files.write(root.resolve("uploads").resolve(String.format("closed-%02d", i)), new byte[1]);
    }
    get(service(false, STUBBORN).recovery().run());
    assertThat(get(storage.staging().leftovers().list())).containsExactly("closed-03");
  }
}
