package io.slipway.storage;

import static io.slipway.testing.SqliteExtension.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.slipway.blob.file.FileStorage;
import io.slipway.database.Migrations;
import io.slipway.event.Actor;
import io.slipway.metadata.BlobLinks;
import io.slipway.metadata.StoredBlob;
import io.slipway.metadata.sql.SqlBlobLinks;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.slipway.oci.RepositoryName;
import io.slipway.testing.SqliteExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class OrphanSweepTest {
  @RegisterExtension final SqliteExtension sqlite = new SqliteExtension();
  @TempDir private Path root;

  private Path publish(String content, String location) throws IOException {
    return Files.writeString(root.resolve(location), content);
  }

  private static String location(Digest digest) {
    return "blobs/sha256/" + digest.hex().substring(0, 2) + "/" + digest.hex();
  }

  @Test
  void deletesWhatWasPublishedAndNeverNamed() throws IOException, InterruptedException {
    FileStorage storage = FileStorage.open(root, 0);
    get(Migrations.bundled().apply(sqlite.database()));
    BlobLinks links = new SqlBlobLinks(sqlite.database());
    Digest named = Digest.of(DigestAlgorithm.SHA256, new byte[] {1});
    Digest orphan = Digest.of(DigestAlgorithm.SHA256, new byte[] {2});
    Path kept = publish("named", location(named));
    Path gone = publish("orphan", location(orphan));
    get(
        links.commit(
            new RepositoryName("a"),
            new StoredBlob(named, 5, location(named)),
            Actor.named("somebody")));
    OrphanSweep sweep = new OrphanSweep(storage.published(), storage.blobs(), links);
    get(sweep.run(Instant.now().plusSeconds(60)));
    assertThat(gone).exists();
    get(sweep.run(Instant.now().minusSeconds(60)));
    assertThat(gone).doesNotExist();
    assertThat(kept).exists();
    storage.close();
  }
}
