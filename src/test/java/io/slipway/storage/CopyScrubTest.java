package io.slipway.storage;

import static io.slipway.testing.SqliteExtension.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.blob.StoreContents;
import io.slipway.blob.file.FileStorage;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.metadata.ManifestPush;
import io.slipway.metadata.Manifests;
import io.slipway.metadata.Restore.Position;
import io.slipway.metadata.Scrubbed;
import io.slipway.metadata.Scrubbed.KnownManifest;
import io.slipway.metadata.Scrubbed.KnownTag;
import io.slipway.metadata.TagCondition;
import io.slipway.metadata.sql.SqlCopies;
import io.slipway.metadata.sql.SqlManifests;
import io.slipway.metadata.sql.SqlScrubbed;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.ManifestParser;
import io.slipway.oci.MediaTypes;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.slipway.testing.SqliteExtension;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Looks for copies while others write them. */
class CopyScrubTest {
  private static final RepositoryName APP = new RepositoryName("team/app");
  private static final Tag TAG = new Tag("v1");
  private static final Actor ACTOR = Actor.named("alice");

  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();
  @TempDir private Path root;
  @TempDir private Path away;
  private final Vertx vertx = Vertx.vertx();
  private FileStorage storage;
  private Manifests manifests;
  private Scrubbed metadata;
  private CopyWriter copies;

  @BeforeEach
  void fill() throws IOException {
    storage = FileStorage.open(root, 0);
    get(Migrations.bundled().apply(sqlite.database()));
    manifests = new SqlManifests(sqlite.database());
    metadata = new SqlScrubbed(sqlite.database());
    copies = new CopyWriter(vertx, new SqlCopies(sqlite.database()), storage.copies());
    push("one");
    get(copies.run());
  }

  @AfterEach
  void close() throws InterruptedException {
    storage.close();
    get(vertx.close());
  }

  private Digest push(String note) {
    byte[] content =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[],\"annotations\":{\"n\":\"%s\"}}"
            .formatted(MediaTypes.OCI_INDEX, note)
            .getBytes(UTF_8);
    Digest digest = Digest.of(DigestAlgorithm.SHA256, content);
    get(
        manifests.put(
            new ManifestPush(
                APP,
                digest,
                ManifestParser.parse(content, null),
                Buffer.buffer(content),
                List.of(TAG),
                new TagCondition.None(),
                true,
                ACTOR)));
    return digest;
  }

  private KnownManifest manifest(Digest digest) {
    return get(metadata.manifest(new Position(APP.text(), digest.text()))).orElseThrow();
  }

  private KnownTag tag() {
    return get(metadata.tags(Position.START, 1)).getFirst();
  }

  /**
   * Looks at the copies of a manifest and of a tag.
   *
   * @return how many are to be written anew
   */
  private int scrub(StoreContents contents, KnownManifest manifest, KnownTag tag) {
    Pace pace = new Pace(vertx, Long.MAX_VALUE);
    ScrubCount count = new ScrubCount(ScrubWatch.NOBODY);
    CopyReader reader = new CopyReader(vertx, contents);
    CopyScrub scrub = new CopyScrub(vertx, reader, metadata, pace, count, false);
    get(scrub.check(manifest).compose(ignored -> scrub.check(tag)));
    return Math.toIntExact(count.report().copies());
  }

  @Test
  void hasCopiesWrittenThatAreMissing() {
    KnownManifest manifest = manifest(push("two"));
    get(sqlite.database().update("DELETE FROM copy_due"));
    assertThat(scrub(storage.contents(), manifest, tag())).isEqualTo(2);
    assertThat(get(copies.run())).isEqualTo(2);
    assertThat(scrub(storage.contents(), manifest, tag())).isZero();
  }

  @Test
  void hasCopiesWrittenWhoseFoldersAreGone() throws IOException {
    KnownManifest manifest = manifest(push("two"));
    get(copies.run());
    moveAway("manifests", "tags");
    assertThat(scrub(storage.contents(), manifest, tag())).isEqualTo(2);
    assertThat(get(copies.run())).isEqualTo(2);
    assertThat(scrub(storage.contents(), manifest, tag())).isZero();
  }

  @Test
  void takesNoCopyForMissingWhenTheDiskIsNotThere() throws IOException {
    KnownManifest manifest = manifest(push("two"));
    get(copies.run());
    moveAway("blobs", "manifests", "tags", "uploads");
    assertThatThrownBy(() -> scrub(storage.contents(), manifest, tag()))
        .hasMessageContaining(
            "tried to look into %s but it is no folder".formatted(root.resolve("blobs")));
    assertThat(get(sqlite.database().query("SELECT name FROM copy_due", row -> 1))).isEmpty();
  }

  private void moveAway(String... folders) throws IOException {
    for (String folder : folders) {
      Files.move(root.resolve(folder), away.resolve(folder));
    }
  }

  /** It is written after it was looked for, and before it is asked who is about to write it. */
  @Test
  void findsACopyThatIsWrittenMeanwhile() {
    for (String folder : List.of("manifests/", "tags/")) {
      KnownManifest manifest = manifest(push("before the look into " + folder));
      assertThat(scrub(writing(folder), manifest, tag())).as(folder).isZero();
    }
  }

  /** A page of tags is read at once, and looked at one after the other. */
  @Test
  void findsTheCopyOfATagThatMovedMeanwhile() {
    KnownTag before = tag();
    KnownManifest manifest = manifest(push("two"));
    get(copies.run());
    assertThat(scrub(storage.contents(), manifest, before)).isZero();
  }

  /** A store all copies of which are written after the first look for one below a folder. */
  private StoreContents writing(String folder) {
    AtomicBoolean written = new AtomicBoolean();
    return new SlowLook(
        storage.contents(),
        key ->
            key.startsWith(folder) && !written.getAndSet(true)
                ? copies.run()
                : Future.succeededFuture());
  }

  /** A store whose user sleeps after each look. */
  private record SlowLook(StoreContents contents, Function<String, Future<?>> meanwhile)
      implements ForwardingContents {
    @Override
    public Future<Optional<Snapshot>> open(String key) {
      return contents.open(key).compose(found -> meanwhile.apply(key).map(found));
    }
  }
}
