package io.slipway.blob.file;

import io.slipway.blob.PublishedBlobs;
import io.slipway.blob.SerialWork;
import io.slipway.oci.Digest;
import io.slipway.oci.DigestAlgorithm;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Lists the files of published blobs. */
final class PublishedFiles implements PublishedBlobs {
  private final FileFolder folder;

  PublishedFiles(FileFolder folder) {
    this.folder = folder;
  }

  @Override
  public Future<List<Published>> since(Instant moment) {
    return new SerialWork(folder.threads(), StorageFailures::translate).run(() -> list(moment));
  }

  private List<Published> list(Instant moment) throws IOException {
    List<Published> found = new ArrayList<>();
    for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
      Path shards = folder.layout().root().resolve("blobs").resolve(algorithm.id());
      for (Path shard : children(shards)) {
        // A rename changes its folder: what did not change since holds nothing new.
        if (!Files.getLastModifiedTime(shard).toInstant().isBefore(moment)) {
          addChanged(found, algorithm, shard, moment);
        }
      }
    }
    return found;
  }

  private static void addChanged(
      List<Published> found, DigestAlgorithm algorithm, Path shard, Instant moment)
      throws IOException {
    for (Path file : children(shard)) {
      // The time of a rename is that of the inode; the time of the content is that of the upload.
      FileTime changed = (FileTime) Files.getAttribute(file, "unix:ctime");
      if (!changed.toInstant().isBefore(moment)) {
        Digest.find(algorithm.id() + ":" + file.getFileName())
            .ifPresent(digest -> found.add(new Published(digest, FileLayout.location(digest))));
      }
    }
  }

  private static List<Path> children(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.toList();
    }
  }
}
