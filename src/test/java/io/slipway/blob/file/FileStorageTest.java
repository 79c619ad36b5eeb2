package io.slipway.blob.file;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.blob.BlobContent;
import io.slipway.blob.BlobPlace;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.ErrorCode;
import io.slipway.oci.RegistryException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStorageTest {
  @TempDir private Path root;
  private FileStorage storage;

  @BeforeEach
  void open() throws IOException {
    storage = FileStorage.open(root, 0);
  }

  @AfterEach
  void close() throws InterruptedException {
    storage.close();
  }

  @Test
  void makesEveryShardBeforeTheFirstPush() throws IOException {
    for (String algorithm : List.of("sha256", "sha512")) {
      try (Stream<Path> shards = Files.list(root.resolve("blobs").resolve(algorithm))) {
        assertThat(shards.map(shard -> shard.getFileName().toString()))
            .hasSize(256)
            .contains("00", "7f", "ff");
      }
    }
  }

  @Test
  void leavesNothingOfAnEarlierLifeThatWroteACopy() throws IOException, InterruptedException {
    get(storage.copies().put("tags/team/app/v1@1", Buffer.buffer("copy")));
    assertThat(root.resolve("writing")).isEmptyDirectory();
    storage.close();
    Files.writeString(root.resolve("writing/17"), "half a co");
    storage = FileStorage.open(root, 0);
    assertThat(root.resolve("writing")).isEmptyDirectory();
    assertThat(root.resolve("tags/team/app")).isDirectoryContaining(file -> file.endsWith("v1@1"));
  }

  @Test
  void deletesWhatIsThere() throws IOException {
    Path file = Files.writeString(root.resolve("blobs/sha256/ab/abcd"), "x");
    Digest digest = Digest.of(DigestAlgorithm.SHA256, new byte[] {'x'});
    assertThat(get(storage.blobs().open(BlobPlace.at(digest, "blobs/sha256/ab/abcd"), 1)))
        .isEqualTo(new BlobContent.InFile(file));
    assertThat(get(storage.blobs().delete("blobs/sha256/ab/abcd"))).isTrue();
    assertThat(get(storage.blobs().delete("blobs/sha256/ab/abcd"))).isFalse();
    assertThat(file).doesNotExist();
  }

  @Test
  void keepsItsReserve() throws IOException, InterruptedException {
    storage.close();
    storage = FileStorage.open(root, Long.MAX_VALUE / 2);
    assertThatThrownBy(() -> get(storage.reserve().require(1)))
        .isInstanceOfSatisfying(
            RegistryException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FULL))
        .hasMessageContaining("storage.reserve");
    assertThatThrownBy(
            () ->
                get(
                    storage
                        .staging()
                        .create("full", DigestAlgorithm.SHA256)
                        .append(List.of(Buffer.buffer("x")))))
        .isInstanceOf(RegistryException.class);
  }

  @Test
  void listsWhatWasPublishedSinceAMoment() throws IOException {
    Digest digest = Digest.of(DigestAlgorithm.SHA256, new byte[] {1});
    Path shard = root.resolve("blobs/sha256").resolve(digest.hex().substring(0, 2));
    Path file = Files.writeString(shard.resolve(digest.hex()), "x");
    // The time of its content, set long ago, is not the time it was published.
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    Files.writeString(shard.resolve("no digest"), "x");
    assertThat(get(storage.published().since(Instant.now().minusSeconds(60))))
        .extracting(published -> published.digest())
        .containsExactly(digest);
    assertThat(get(storage.published().since(Instant.now().plusSeconds(60)))).isEmpty();
  }

  @Test
  void keepsCopiesAndNeverLeavesItsFolder() {
    get(storage.copies().put("tags/a/b/v1@1", Buffer.buffer("one")));
    get(storage.copies().put("tags/a/b/v1@1", Buffer.buffer("two")));
    assertThat(root.resolve("tags/a/b/v1@1")).hasContent("two");
    assertThat(get(storage.copies().list("tags/a/b"))).containsExactly("v1@1");
    get(storage.copies().delete("tags/a/b/v1@1"));
    assertThat(get(storage.copies().list("tags/a/b"))).isEmpty();
    assertThat(get(storage.copies().list("tags/nowhere"))).isEmpty();
    assertThatThrownBy(() -> get(storage.copies().put("../outside", Buffer.buffer("x"))))
        .hasMessageContaining("leaves the data folder");
  }
}
