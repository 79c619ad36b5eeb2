package io.slipway.blob.file;

import io.slipway.blob.SerialWork;
import io.slipway.blob.StoreContents.Snapshot;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.function.Consumer;

/** A file that is open, whatever its name means by now. */
final class FileSnapshot implements Snapshot {
  private static final int READ_BYTES = 256 * 1024;

  private final FileChannel channel;
  private final Identity identity;
  private final SerialWork work;

  private FileSnapshot(FileFolder folder, FileChannel channel, Identity identity) {
    this.channel = channel;
    this.identity = identity;
    this.work = new SerialWork(folder.threads(), StorageFailures::translate);
  }

  /**
   * Opens a file. Blocks.
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   */
  static FileSnapshot open(FileFolder folder, Path path) throws IOException {
    while (true) {
      Identity before = Identity.of(path);
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        // A name may come to mean another file between the two calls.
        if (Identity.of(path).equals(before)) {
          return new FileSnapshot(folder, channel, before);
        }
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
      channel.close();
    }
  }

  @Override
  public long size() {
    return identity.size();
  }

  /** Tells whether a path still means this file. Blocks. */
  boolean isAt(Path path) throws IOException {
    return Identity.of(path).equals(identity);
  }

  @Override
  public Future<Integer> read(long offset, int length, Consumer<ByteBuffer> reader) {
    return work.run(
        () -> {
          int wanted = (int) Math.min(length, Math.max(0, size() - offset));
          ByteBuffer buffer = ByteBuffer.allocate(Math.min(READ_BYTES, wanted));
          int shown = 0;
          while (shown < wanted) {
            buffer.clear().limit(Math.min(buffer.capacity(), wanted - shown));
            int read = channel.read(buffer, offset + shown);
            if (read < 0) {
              break;
            }
            reader.accept(buffer.flip());
            shown += read;
          }
          return shown;
        });
  }

  @Override
  public Future<Void> close() {
    return work.run(
            () -> {
              channel.close();
              return true;
            })
        .mapEmpty();
  }

  /** What tells one file from another under the same name. */
  private record Identity(Object file, long size, long modified) {
    static Identity of(Path path) throws IOException {
      BasicFileAttributes found =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!found.isRegularFile()) {
        throw new IOException("tried to read " + path + " but it is not a file");
      }
      return new Identity(
          Objects.requireNonNull(found.fileKey()),
          found.size(),
          found.lastModifiedTime().toMillis());
    }
  }
}
