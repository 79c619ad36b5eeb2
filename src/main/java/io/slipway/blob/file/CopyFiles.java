package io.slipway.blob.file;

import io.slipway.blob.CopyStore;
import io.slipway.blob.SerialWork;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Keeps copies of tags and manifests as files of the data folder. */
final class CopyFiles implements CopyStore {
  private final FileFolder folder;

  CopyFiles(FileFolder folder) {
    this.folder = folder;
  }

  @Override
  public Future<Void> put(String key, Buffer content) {
    return work()
        .run(
            () -> {
              write(path(key), content);
              return true;
            })
        .mapEmpty();
  }

  private void write(Path file, Buffer content) throws IOException {
    Files.createDirectories(FileLayout.folderOf(file));
    Path temporary = folder.layout().writing();
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      WriteBuffer.write(channel, 0, List.of(content), ignored -> {});
      channel.force(true);
    }
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    FileLayout.syncDirectory(FileLayout.folderOf(file));
  }

  @Override
  public Future<Void> delete(String key) {
    return work().run(() -> Files.deleteIfExists(path(key))).mapEmpty();
  }

  @Override
  public Future<List<String>> list(String below) {
    return work()
        .run(
            () -> {
              try (Stream<Path> files = Files.list(path(below))) {
                return files.map(file -> String.valueOf(file.getFileName())).toList();
              } catch (NoSuchFileException e) {
                return List.of();
              }
            });
  }

  /** Refuses to leave the data folder, whatever a key says. */
  private Path path(String key) {
    Path path = folder.layout().root().resolve(key).normalize();
    if (!path.startsWith(folder.layout().root())) {
      throw new IllegalArgumentException("a key leaves the data folder: " + key);
    }
    return path;
  }

  private SerialWork work() {
    return new SerialWork(folder.threads(), StorageFailures::translate);
  }
}
