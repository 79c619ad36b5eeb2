package io.slipway.storage;

import static io.slipway.testing.SqliteExtension.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.blob.CopyStore;
import io.slipway.blob.file.FileStorage;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.metadata.ManifestPush;
import io.slipway.metadata.Manifests;
import io.slipway.metadata.TagCondition;
import io.slipway.metadata.sql.SqlCopies;
import io.slipway.metadata.sql.SqlManifests;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.ManifestParser;
import io.slipway.oci.MediaTypes;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class CopyWriterTest {
  private static final RepositoryName APP = new RepositoryName("team/app");

  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();
  @TempDir private Path root;
  private final Vertx vertx = Vertx.vertx();
  private FileStorage storage;
  private Manifests manifests;
  private CopyWriter copies;

  @BeforeEach
  void open() throws IOException {
    storage = FileStorage.open(root, 0);
    get(Migrations.bundled().apply(sqlite.database()));
    manifests = new SqlManifests(sqlite.database());
    copies = new CopyWriter(vertx, new SqlCopies(sqlite.database()), storage.copies());
  }

  @AfterEach
  void close() throws InterruptedException {
    storage.close();
    get(vertx.close());
  }

  private Digest push(String note, String tag) {
    String text =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[],\"annotations\":{\"n\":\"%s\"}}"
            .formatted(MediaTypes.OCI_INDEX, note);
    byte[] content = text.getBytes(UTF_8);
    Digest digest = Digest.of(DigestAlgorithm.SHA256, content);
    get(
        manifests.put(
            new ManifestPush(
                APP,
                digest,
                ManifestParser.parse(content, null),
                Buffer.buffer(content),
                List.of(new Tag(tag)),
                new TagCondition.None(),
                true,
                Actor.named("somebody"))));
    return digest;
  }

  private JsonObject tagCopy(String name) throws IOException {
    return new JsonObject(Files.readString(root.resolve("tags/team/app").resolve(name)));
  }

  @Test
  void copiesAManifestWithItsTypeAndItsTag() throws IOException {
    Digest digest = push("one", "v1");
    get(sqlite.database().update("UPDATE copy_due SET due = due - 60000 WHERE kind = 'tag'"));
    assertThat(get(copies.lag())).isBetween(60_000L, 120_000L);
    assertThat(get(copies.run())).isEqualTo(2);
    Path copy = root.resolve("manifests/team/app").resolve(digest.text());
    assertThat(Digest.of(DigestAlgorithm.SHA256, Files.readAllBytes(copy))).isEqualTo(digest);
    assertThat(copy.resolveSibling(digest + ".mediatype")).hasContent(MediaTypes.OCI_INDEX);
    assertThat(tagCopy("v1@1").getString("digest")).isEqualTo(digest.text());
    assertThat(tagCopy("v1@1").getString("actor")).isEqualTo("somebody");
    assertThat(get(copies.run())).isZero();
    assertThat(get(copies.lag())).isZero();
  }

  @Test
  void keepsTheLastVersionOfATagOnly() throws IOException {
    push("one", "v1");
    get(copies.run());
    push("two", "v1");
    Digest third = push("three", "v1");
    get(copies.run());
    assertThat(root.resolve("tags/team/app").toFile().list()).containsExactly("v1@3");
    assertThat(tagCopy("v1@3").getString("digest")).isEqualTo(third.text());
  }

  /** The process died after it wrote a copy and before it noted that. */
  @Test
  void deletesAVersionThatADeadProcessCopied() throws IOException {
    push("one", "v1");
    get(copies.run());
    push("two", "v1");
    Files.createFile(root.resolve("tags/team/app/v1@2"));
    push("three", "v1");
    get(copies.run());
    assertThat(root.resolve("tags/team/app").toFile().list()).containsExactly("v1@3");
  }

  /** The process died before it noted the first copy. */
  @Test
  void deletesTheFirstVersionThatADeadProcessCopied() throws IOException {
    push("one", "v1");
    Files.createDirectories(root.resolve("tags/team/app"));
    Files.createFile(root.resolve("tags/team/app/v1@1"));
    push("two", "v1");
    get(copies.run());
    assertThat(root.resolve("tags/team/app").toFile().list()).containsExactly("v1@2");
  }

  /** Else a change in the millisecond of the one before it would be taken for copied. */
  @Test
  void tellsEachChangeFromTheOneBefore() {
    push("one", "v1");
    get(sqlite.database().update("UPDATE copy_due SET due = due + 60000"));
    long before = due();
    push("two", "v1");
    assertThat(due()).isGreaterThan(before);
  }

  private long due() {
    String sql = "SELECT due FROM copy_due WHERE kind = 'tag'";
    return get(sqlite.database().query(sql, row -> row.number("due"))).getFirst();
  }

  @Test
  void saysOfADeletedTagThatItIsDeleted() throws IOException {
    push("one", "v1");
    get(copies.run());
    get(manifests.deleteTag(APP, new Tag("v1"), Actor.named("somebody else")));
    get(copies.run());
    assertThat(tagCopy("v1@2").getString("digest")).isNull();
    assertThat(tagCopy("v1@2").getString("actor")).isEqualTo("somebody else");
  }

  @Test
  void deletesTheCopyOfADeletedManifest() {
    Digest digest = push("one", "v1");
    get(copies.run());
    get(manifests.delete(APP, digest, Actor.named("somebody")));
    get(copies.run());
    assertThat(root.resolve("manifests/team/app")).isEmptyDirectory();
  }

  @Test
  void leavesTheRestToTheNextStartWhenItStops() {
    push("one", "v1");
    copies.stop();
    get(copies.run());
    assertThat(root.resolve("tags")).doesNotExist();
    assertThat(get(new SqlCopies(sqlite.database()).due(10, 0))).hasSize(2);
  }

  @Test
  void writesMoreThanABatch() {
    for (int i = 0; i < 120; i++) {
      push("number " + i, "v" + i);
    }
    assertThat(get(copies.run())).isEqualTo(240);
    assertThat(root.resolve("tags/team/app").toFile().list()).hasSize(120);
  }

  /** They wait for disks and servers, so one after the other would fall behind. */
  @Test
  void writesEightAtATime() {
    for (int i = 0; i < 8; i++) {
      push("number " + i, "v1");
    }
    List<Promise<Void>> waiting = new ArrayList<>();
    CopyWriter writer =
        writer(
            key -> {
              Promise<Void> others = Promise.promise();
              synchronized (waiting) {
                waiting.add(others);
                if (waiting.size() == 8) {
                  waiting.forEach(Promise::complete);
                }
                return waiting.size() > 8 ? Future.succeededFuture() : others.future();
              }
            });
    assertThat(get(writer.run())).isEqualTo(9);
  }

  @Test
  void writesTheOthersWhenOneCannotBeWritten() throws IOException {
    Digest bad = push("bad", "v1");
    for (int i = 0; i < 30; i++) {
      push("number " + i, "v1");
    }
    CopyWriter writer =
        writer(
            key ->
                key.endsWith(bad.text())
                    ? Future.failedFuture(new IOException("bad"))
                    : Future.succeededFuture());
    assertThat(writer.run())
        .satisfies(run -> assertThatThrownBy(() -> get(run)).isInstanceOf(IOException.class));
    assertThat(tagCopy("v1@31")).isNotEmpty();
    String sql = "SELECT name FROM copy_due";
    assertThat(get(sqlite.database().query(sql, row -> row.string("name"))))
        .containsExactly(bad.text());
  }

  /** Else nothing behind them would ever be copied again. */
  @Test
  void writesWhatComesAfterManyThatCannotBeWritten() throws IOException {
    Set<String> bad = new HashSet<>();
    for (int i = 0; i < 120; i++) {
      bad.add("manifests/team/app/" + push("bad " + i, "v1").text());
    }
    get(sqlite.database().update("DELETE FROM copy_due WHERE kind = 'tag'"));
    get(sqlite.database().update("UPDATE copy_due SET due = 1"));
    CopyWriter writer =
        writer(
            key ->
                bad.contains(key)
                    ? Future.failedFuture(new IOException("bad"))
                    : Future.succeededFuture());
    push("good", "v2");
    for (int looks = 0; looks < 2; looks++) {
      Future<Integer> look = writer.run();
      assertThatThrownBy(() -> get(look)).isInstanceOf(IOException.class);
    }
    assertThat(tagCopy("v2@1")).isNotEmpty();
    assertThat(get(writer.lag())).as("of the oldest").isGreaterThan(1_000_000_000_000L);
    bad.clear();
    assertThat(get(writer.run())).isEqualTo(120);
    assertThat(get(writer.lag())).isZero();
  }

  /** Another node deleted the manifest and its copy while this one slept before it wrote. */
  @Test
  void takesBackTheCopyOfAManifestThatWasDeletedMeanwhile() {
    Digest digest = push("one", "v1");
    CopyWriter late =
        late(
            "manifests/team/app/" + digest.text(),
            () -> {
              get(manifests.delete(APP, digest, Actor.named("somebody")));
              get(copies.run());
            });
    get(late.run());
    assertThat(root.resolve("manifests/team/app")).isEmptyDirectory();
  }

  /** Another node pushed the manifest again while this one slept before it deleted its copy. */
  @Test
  void writesTheCopyThatItDeletedTooLate() {
    Digest digest = push("one", "v1");
    get(copies.run());
    get(manifests.delete(APP, digest, Actor.named("somebody")));
    CopyWriter late =
        late(
            "manifests/team/app/" + digest.text(),
            () -> {
              push("one", "v1");
              get(copies.run());
            });
    get(late.run());
    assertThat(root.resolve("manifests/team/app").resolve(digest.text())).exists();
  }

  /** Another node copied later versions while this one slept before it wrote. */
  @Test
  void takesBackTheCopyOfAVersionThatWasReplacedMeanwhile() {
    push("one", "v1");
    CopyWriter late =
        late(
            "tags/team/app/v1@1",
            () -> {
              push("two", "v1");
              push("three", "v1");
              get(copies.run());
            });
    get(late.run());
    assertThat(root.resolve("tags/team/app").toFile().list()).containsExactly("v1@3");
  }

  /** Writes as a node does that sleeps once, before it touches a key, while something happens. */
  private CopyWriter late(String slept, Runnable meanwhile) {
    AtomicBoolean awake = new AtomicBoolean();
    return writer(
        key -> {
          if (!key.equals(slept) || awake.getAndSet(true)) {
            return Future.succeededFuture();
          }
          Promise<Void> woken = Promise.promise();
          Thread.ofVirtual()
              .start(
                  () -> {
                    meanwhile.run();
                    woken.complete();
                  });
          return woken.future();
        });
  }

  /** Writes as usual after what happens before a key is touched. */
  private CopyWriter writer(Function<String, Future<Void>> before) {
    CopyStore store = storage.copies();
    return new CopyWriter(
        vertx,
        new SqlCopies(sqlite.database()),
        new CopyStore() {
          @Override
          public Future<Void> put(String key, Buffer content) {
            return before.apply(key).compose(ignored -> store.put(key, content));
          }

          @Override
          public Future<Void> delete(String key) {
            return before.apply(key).compose(ignored -> store.delete(key));
          }

          @Override
          public Future<List<String>> list(String folder) {
            return store.list(folder);
          }
        });
  }

  /** The copy is what a scrub repairs the manifest from. */
  @Test
  void keepsTheCopyOfAManifestWhoseBytesAreWrong() throws IOException {
    Digest digest = push("one", "v1");
    get(copies.run());
    get(sqlite.database().update("UPDATE manifest SET content = $1", (Object) new byte[1]));
    String due = "INSERT INTO copy_due (kind, repo, name, due) VALUES ('manifest', $1, $2, 1)";
    get(sqlite.database().update(due, APP.text(), digest.text()));
    assertThat(get(copies.run())).isOne();
    Path copy = root.resolve("manifests/team/app").resolve(digest.text());
    assertThat(Digest.of(DigestAlgorithm.SHA256, Files.readAllBytes(copy))).isEqualTo(digest);
    assertThat(get(copies.lag())).as("it keeps no other waiting").isZero();
  }

  @Test
  void copiesNoManifestWhoseBytesAreWrong() {
    Digest digest = push("one", "v1");
    get(sqlite.database().update("UPDATE manifest SET content = $1", (Object) new byte[1]));
    get(copies.run());
    assertThat(root.resolve("manifests/team/app").resolve(digest.text())).doesNotExist();
  }
}
