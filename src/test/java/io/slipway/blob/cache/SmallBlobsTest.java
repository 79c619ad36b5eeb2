package io.slipway.blob.cache;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.BlobContent;
import io.slipway.blob.BlobPlace;
import io.slipway.blob.BlobStore;
import io.slipway.blob.file.FileStorage;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallBlobsTest {
  private static final String LOCATION = "blobs/sha256/ab/abcd";
  private static final Digest DIGEST = digest("small");

  @TempDir private Path root;
  private final Vertx vertx = Vertx.vertx();
  private FileStorage storage;
  private BlobStore blobs;

  @BeforeEach
  void open() throws IOException {
    storage = FileStorage.open(root, 0);
    blobs = new SmallBlobs(storage.blobs(), vertx, 1 << 20);
  }

  @AfterEach
  void close() throws InterruptedException {
    storage.close();
    get(vertx.close());
  }

  private static Digest digest(String text) {
    return Digest.of(DigestAlgorithm.SHA256, text.getBytes(StandardCharsets.UTF_8));
  }

  private String text(long size) {
    return switch (get(blobs.open(BlobPlace.at(DIGEST, LOCATION), size))) {
      case BlobContent.InMemory memory -> memory.bytes().toString();
      case BlobContent.InFile file -> "file " + file.path().getFileName();
      case BlobContent.Cached ignored -> "a cached file";
      case BlobContent.Streamed ignored -> "a stream";
    };
  }

  @Test
  void keepsSmallBlobsInMemory() throws IOException {
    Path file = Files.writeString(root.resolve(LOCATION), "small");
    assertThat(text(5)).isEqualTo("small");
    Files.delete(file);
    assertThat(text(5)).isEqualTo("small");
  }

  @Test
  void leavesLargeBlobsWhereTheyAre() {
    assertThat(text(SmallBlobs.MAX_BYTES + 1)).isEqualTo("file abcd");
  }

  @Test
  void leavesDamagedBlobsToTheOneWhoSendsThem() throws IOException {
    Files.writeString(root.resolve(LOCATION), "too long");
    assertThat(text(5)).isEqualTo("file abcd");
    Files.writeString(root.resolve(LOCATION), "smalL");
    assertThat(text(5)).isEqualTo("file abcd");
    Files.writeString(root.resolve(LOCATION), "small");
    assertThat(text(5)).as("after its repair").isEqualTo("small");
  }

  @Test
  void forgetsWhatIsDeleted() throws IOException {
    Files.writeString(root.resolve(LOCATION), "small");
    assertThat(text(5)).isEqualTo("small");
    assertThat(get(blobs.delete(LOCATION))).isTrue();
    Files.writeString(root.resolve(LOCATION), "again");
    assertThat(text(5)).isEqualTo("file abcd");
  }
}
