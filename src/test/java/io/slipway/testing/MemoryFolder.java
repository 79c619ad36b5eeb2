package io.slipway.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * Makes a folder in memory where the system has one: a process that dies loses nothing there, and
 * nobody waits for a disk, so that more happens at once.
 */
public final class MemoryFolder implements TempDirFactory {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final long ENOUGH = 1L << 30;

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test)
      throws IOException {
    return isUsable()
        ? Files.createTempDirectory(MEMORY, "slipway")
        : Files.createTempDirectory("slipway");
  }

  /** Returns the memory, or another folder where there is none. */
  static Path or(Path other) {
    try {
      return isUsable() ? MEMORY : other;
    } catch (IOException e) {
      return other;
    }
  }

  private static boolean isUsable() throws IOException {
    return Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() > ENOUGH;
  }
}
