package io.slipway.blob.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheUpkeepTest {
  private final CacheIndex index =
      new CacheIndex(3 * CacheIndex.BLOCK, CacheIndex.BLOCK, 100, Clock.systemUTC());

  @TempDir private Path root;

  @Test
  void dropsTheOthersWhenOneCannotBeDeleted() throws IOException {
    CacheFolder folder = CacheFolder.take(root);
    CacheUpkeep upkeep =
        new CacheUpkeep(folder, index, new CacheReport(new SimpleMeterRegistry()), Runnable::run);
    List<Digest> kept =
        IntStream.range(0, 4)
            .mapToObj(i -> Digest.of(DigestAlgorithm.SHA256, new byte[] {(byte) i}))
            .toList();
    for (Digest digest : kept) {
      folder.publish(Files.writeString(folder.unfinished(), "blob"), digest);
      index.add(digest, 4);
    }
    // A folder with something in it cannot be deleted, whoever runs this.
    Path first = folder.file(kept.getFirst());
    Files.delete(first);
    Files.createFile(Files.createDirectory(first).resolve("file"));
    upkeep.makeRoom();
    assertThat(first).exists();
    assertThat(folder.file(kept.get(1))).doesNotExist();
    assertThat(folder.file(kept.get(2))).doesNotExist();
    assertThat(folder.file(kept.getLast())).exists();
    assertThat(index.files()).isEqualTo(1);
    folder.close();
  }
}
