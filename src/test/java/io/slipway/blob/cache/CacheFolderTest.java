package io.slipway.blob.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFolderTest {
  private static final Digest DIGEST = Digest.of(DigestAlgorithm.SHA512, new byte[] {1});

  @TempDir private Path root;
  private CacheFolder folder;

  @BeforeEach
  void take() throws IOException {
    folder = CacheFolder.take(root);
  }

  @AfterEach
  void close() {
    folder.close();
  }

  private void publish() throws IOException {
    folder.publish(Files.writeString(folder.unfinished(), "blob"), DIGEST);
  }

  @Test
  void belongsToOneAtATime() throws IOException {
    assertThatThrownBy(() -> CacheFolder.take(root))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(root + " but another registry is using it");
    folder.close();
    folder = CacheFolder.take(root);
  }

  @Test
  void saysThatItCannotBeUsed() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "");
    assertThatThrownBy(() -> CacheFolder.take(file.resolve("cache")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("but it cannot be written to");
  }

  @Test
  void findsWhatAnEarlierOneKeptAndDeletesWhatItDidNotFinish() throws IOException {
    publish();
    Instant used = Instant.ofEpochSecond(1_000_000);
    folder.touch(DIGEST, used);
    Path unfinished = Files.writeString(folder.unfinished(), "blo");
    folder.close();
    folder = CacheFolder.take(root);
    assertThat(folder.scan(() -> false)).containsExactly(new CacheIndex.Kept(DIGEST, 4, used));
    assertThat(unfinished).doesNotExist();
    assertThat(folder.scan(() -> true)).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void leavesAloneWhatIsNoBlob() throws IOException {
    publish();
    Path strange = Files.writeString(folder.file(DIGEST).resolveSibling("README"), "");
    Path elsewhere = Files.createDirectories(root.resolve("blobs/sha512/zz"));
    Files.copy(folder.file(DIGEST), elsewhere.resolve(DIGEST.hex()));
    Files.createSymbolicLink(strange.resolveSibling("f".repeat(128)), strange);
    assertThat(folder.scan(() -> false)).extracting(CacheIndex.Kept::digest).containsOnly(DIGEST);
    assertThat(strange).exists();
  }

  @Test
  void worksWhenEverythingWasDeleted() throws IOException {
    publish();
    Files.delete(folder.file(DIGEST));
    Files.delete(folder.file(DIGEST).resolve("..").normalize());
    Files.delete(root.resolve("blobs/sha512"));
    Files.delete(root.resolve("blobs"));
    Files.delete(root.resolve("fills"));
    assertThat(folder.has(DIGEST, 4)).isFalse();
    folder.delete(DIGEST);
    assertThat(folder.scan(() -> false)).isEmpty();
    publish();
    assertThat(folder.has(DIGEST, 4)).isTrue();
    assertThat(folder.has(DIGEST, 5)).isFalse();
  }
}
