package io.slipway.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The right to a folder, which one process has at a time; it ends with the process at the latest.
 */
public final class FolderLock implements AutoCloseable {
  private static final String NAME = "slipway.lock";

  private final FileChannel file;

  private FolderLock(FileChannel file) {
    this.file = file;
  }

  /**
   * Makes the folder if there is none, and takes it. Blocks.
   *
   * @return empty when another process has it, or this one by another way
   * @throws IOException when the folder cannot be made or written to
   */
  public static Optional<FolderLock> take(Path folder) throws IOException {
    Files.createDirectories(folder);
    FileChannel file =
        FileChannel.open(folder.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (tryLock(file) != null) {
        file.truncate(0);
        return Optional.of(new FolderLock(file));
      }
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
    file.close();
    return Optional.empty();
  }

  private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    try {
      return file.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /**
   * Tells whoever looks at the folder who has it, in place of what was told before; not on the
   * disk, for it holds as long as this process. Blocks.
   */
  public void tell(String text) throws IOException {
    file.truncate(0);
    file.write(ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8)), 0);
  }

  /**
   * Returns what the process told that has the folder, or had it last; empty text when it told
   * nothing. Not to be called by the process that has it, whose lock would end. Blocks.
   */
  public static String told(Path folder) throws IOException {
    return Files.readString(folder.resolve(NAME)).strip();
  }

  /** Gives the folder free. */
  @Override
  public void close() throws IOException {
    file.close();
  }
}
