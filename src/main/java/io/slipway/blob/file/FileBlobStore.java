package io.slipway.blob.file;

import io.slipway.blob.BlobContent;
import io.slipway.blob.BlobPlace;
import io.slipway.blob.BlobStore;
import io.slipway.blob.SerialWork;
import io.vertx.core.Future;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads and deletes the files of published blobs. */
final class FileBlobStore implements BlobStore {
  private final FileFolder folder;

  FileBlobStore(FileFolder folder) {
    this.folder = folder;
  }

  /** Opens nothing yet: who sends the file opens it, and finds out whether it is there. */
  @Override
  public Future<BlobContent> open(BlobPlace place, long size) {
    return Future.succeededFuture(new BlobContent.InFile(folder.layout().file(place.location())));
  }

  @Override
  public Future<Boolean> delete(String location) {
    Path file = folder.layout().file(location);
    return new SerialWork(folder.threads(), StorageFailures::translate)
        .run(
            () -> {
              boolean deleted = Files.deleteIfExists(file);
              FileLayout.syncDirectory(FileLayout.folderOf(file));
              return deleted;
            });
  }
}
