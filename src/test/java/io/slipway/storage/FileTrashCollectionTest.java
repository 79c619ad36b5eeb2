package io.slipway.storage;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.blob.BlobTurns;
import io.slipway.blob.file.FileStorage;
import io.slipway.database.Database;
import io.slipway.database.DatabaseException;
import io.slipway.database.DatabaseException.Reason;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.sql.SqlBlobLinks;
import io.slipway.metadata.sql.SqlFileTrash;
import io.slipway.metadata.sql.SqlTrash;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.SqliteExtension;
import io.slipway.testing.WatchedDatabase;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Trash of files, some of which the system refuses to delete. */
class FileTrashCollectionTest {
  private static final int STUBBORN = 120;

  @RegisterExtension private final SqliteExtension sqlite = new SqliteExtension();
  @TempDir private Path root;
  private FileStorage storage;

  @BeforeEach
  void open() throws IOException {
    get(Migrations.bundled().apply(sqlite.database()));
    storage = FileStorage.open(root, 0);
  }

  @AfterEach
  void close() throws InterruptedException {
    storage.close();
  }

  private List<String> thrownAway(String prefix, int count) {
    List<String> keys =
        IntStream.range(0, count)
            .mapToObj(i -> (prefix + i).getBytes(StandardCharsets.UTF_8))
            .map(bytes -> Digest.of(DigestAlgorithm.SHA256, bytes).hex())
            .map(hex -> "blobs/sha256/" + hex.substring(0, 2) + "/" + hex)
            .toList();
    get(new SqlTrash(sqlite.database()).add(keys));
    return keys;
  }

  private int collect() {
    return get(collection(sqlite.database(), storage.turns()).run());
  }

  private FileTrashCollection collection(Database database, BlobTurns turns) {
    return new FileTrashCollection(new SqlFileTrash(database), turns, storage.blobs());
  }

  private List<String> rows() {
    return get(
        sqlite.database().query("SELECT location FROM trash", row -> row.string("location")));
  }

  @Test
  void deletesBehindFilesThatCannotBeDeleted() throws IOException {
    List<String> stubborn = thrownAway("stubborn", STUBBORN);
    get(sqlite.database().update("UPDATE trash SET due = 0"));
    for (String key : stubborn) {
      Files.createDirectories(root.resolve(key).resolve("inside"));
    }
    String file = thrownAway("file", 1).getFirst();
    Files.createDirectories(root.resolve(file).getParent());
    Files.write(root.resolve(file), new byte[1]);
    assertThat(collect() + collect()).isEqualTo(1);
    assertThat(root.resolve(file)).doesNotExist();
    assertThat(rows()).containsExactlyInAnyOrderElementsOf(stubborn);
    for (String key : stubborn) {
      Files.delete(root.resolve(key).resolve("inside"));
    }
    assertThat(collect()).as("not at once again").isZero();
    get(
        sqlite
            .database()
            .update("UPDATE trash SET due = due - $1", Duration.ofHours(1).toMillis()));
    assertThat(collect() + collect()).isEqualTo(STUBBORN);
    assertThat(rows()).isEmpty();
  }

  /** Somebody names one of them for longer than one waits for that. */
  @Test
  void deletesTheOthersWhenOneIsKeptTooLong() throws IOException {
    List<String> keys = thrownAway("file", 3);
    for (String key : keys) {
      Files.createDirectories(root.resolve(key).getParent());
      Files.write(root.resolve(key), new byte[1]);
    }
    get(sqlite.database().update("UPDATE trash SET due = 0"));
    String kept = keys.getFirst();
    Future<Integer> collected =
        collection(sqlite.database(), new KeptTurn(storage.turns(), kept)).run();
    assertThatThrownBy(() -> get(collected)).hasMessage(KeptTurn.REASON);
    assertThat(rows()).containsExactly(kept);
    assertThat(root.resolve(kept)).exists();
    assertThat(collect()).as("when it is free again").isEqualTo(1);
    assertThat(root.resolve(kept)).doesNotExist();
  }

  /** The turn of one location never comes. */
  private record KeptTurn(BlobTurns turns, String kept) implements BlobTurns {
    static final String REASON = "waited too long";

    @Override
    public <T> Future<T> alone(String location, Supplier<Future<T>> work) {
      return location.equals(kept)
          ? Future.failedFuture(new DatabaseException(Reason.UNAVAILABLE, REASON))
          : turns.alone(location, work);
    }
  }

  /** A push names the file after the row was found due, and before the digest's turn. */
  @Test
  void keepsAFileThatIsNamedMeanwhile() throws IOException {
    byte[] bytes = "file0".getBytes(StandardCharsets.UTF_8);
    String file = thrownAway("file", 1).getFirst();
    Files.createDirectories(root.resolve(file).getParent());
    Files.write(root.resolve(file), bytes);
    StoredBlob blob = new StoredBlob(Digest.of(DigestAlgorithm.SHA256, bytes), bytes.length, file);
    SqlBlobLinks links = new SqlBlobLinks(sqlite.database());
    AtomicBoolean pushed = new AtomicBoolean();
    Database slow =
        new WatchedDatabase(
            sqlite.database(),
            () ->
                pushed.getAndSet(true)
                    ? Future.succeededFuture()
                    : links.commit(new RepositoryName("app"), blob, Actor.named("alice")));
    assertThat(get(collection(slow, storage.turns()).run())).isZero();
    assertThat(root.resolve(file)).hasBinaryContent(bytes);
    assertThat(rows()).as("who named it has taken it from the trash").isEmpty();
  }
}
