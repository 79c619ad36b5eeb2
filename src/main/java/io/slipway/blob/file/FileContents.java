package io.slipway.blob.file;

import io.slipway.blob.SerialWork;
import io.slipway.blob.StoreContents;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.Function;

/** Shows the files of the data folder. */
final class FileContents implements StoreContents {
  private static final String QUARANTINE = "quarantine";

  private final FileFolder folder;

  FileContents(FileFolder folder) {
    this.folder = folder;
  }

  @Override
  public Walk walk(String start) {
    return new FileWalk(folder, start);
  }

  @Override
  public boolean hasUnmoved() {
    return false;
  }

  @Override
  public Future<Optional<Snapshot>> open(String key) {
    Path path = folder.layout().file(key);
    return work()
        .run(
            () -> {
              try {
                return Optional.of(FileSnapshot.open(folder, path));
              } catch (NoSuchFileException e) {
                requireFolder(path);
                return Optional.empty();
              }
            });
  }

  /**
   * A disk that is not mounted has lost nothing. The folders of blobs are always there; others come
   * with what is in them, and may go.
   */
  private void requireFolder(Path path) throws IOException {
    Path blobs = folder.layout().root().resolve(FileLayout.BLOBS);
    Path expected = path.startsWith(blobs) ? FileLayout.folderOf(path) : blobs;
    if (!Files.isDirectory(expected)) {
      throw new IOException("tried to look into " + expected + " but it is no folder");
    }
  }

  @Override
  public Future<Boolean> quarantine(
      Digest digest,
      String key,
      Optional<Snapshot> snapshot,
      Function<String, Future<Boolean>> mark) {
    Path path = folder.layout().file(key);
    return folder
        .locks()
        .hold(
            digest,
            () ->
                work()
                    .run(
                        () ->
                            snapshot.isEmpty()
                                ? Files.notExists(path)
                                : moveAside(digest, path, (FileSnapshot) snapshot.get()))
                    .compose(moved -> moved ? mark.apply(key) : Future.succeededFuture(false)));
  }

  private boolean moveAside(Digest digest, Path path, FileSnapshot file) throws IOException {
    try {
      if (!file.isAt(path)) {
        return false;
      }
    } catch (NoSuchFileException e) {
      return false;
    }
    Path quarantine = folder.layout().root().resolve(QUARANTINE).resolve(digest.algorithm().id());
    Files.createDirectories(quarantine);
    String name = digest.hex() + "." + System.currentTimeMillis();
    Files.move(path, quarantine.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    FileLayout.syncDirectory(quarantine);
    FileLayout.syncDirectory(FileLayout.folderOf(path));
    return true;
  }

  private SerialWork work() {
    return new SerialWork(folder.threads(), StorageFailures::translate);
  }
}
