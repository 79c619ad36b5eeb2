package io.slipway.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system in memory that is quickly full; only root may have one. */
public final class SmallDisk {
  private static final int BLOCK = 4096;
  private static final int AT_ONCE = 256 * BLOCK;
  private static final int BY_HAND = 16 * AT_ONCE;
  private static final int MOST_BY_HAND = 16 * BY_HAND;

  private final Path root;

  private SmallDisk(Path root) {
    this.root = root;
  }

  /** Mounts one of a size on a folder. */
  public static SmallDisk mount(Path root, int mebibytes) throws IOException {
    run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "slipway-test", root.toString());
    return new SmallDisk(root);
  }

  public Path root() {
    return root;
  }

  public long free() throws IOException {
    return Files.getFileStore(root).getUsableSpace();
  }

  /** Takes space until so many bytes are left, rounded down to blocks. */
  public void fillUpTo(long left) throws IOException {
    release();
    takeAtOnce(left);
    long bytes = (free() - left) / BLOCK * BLOCK;
    try (OutputStream out = Files.newOutputStream(ballast(), CREATE, APPEND)) {
      byte[] some = new byte[AT_ONCE];
      for (long rest = bytes; rest > 0; rest -= AT_ONCE) {
        out.write(some, 0, (int) Math.min(rest, AT_ONCE));
      }
    } catch (IOException e) {
      // Who writes meanwhile may have taken the last blocks; the disk is as full as it should be.
      if (left > 0) {
        throw e;
      }
    }
  }

  /**
   * Takes most of it before anybody looks how much there is. Who writes at that moment may need
   * more than is left for them: then there is less to take.
   */
  private void takeAtOnce(long left) throws IOException {
    IOException full = new IOException("nobody tried");
    for (long reserve = BY_HAND; reserve <= MOST_BY_HAND; reserve *= 2) {
      long bytes = (free() - left - reserve) / BLOCK * BLOCK;
      if (bytes <= 0) {
        return;
      }
      try {
        run("fallocate", "-l", String.valueOf(bytes), ballast().toString());
        return;
      } catch (IOException e) {
        full = e;
        release();
      }
    }
    throw full;
  }

  /** Gives back what was taken. */
  public void release() throws IOException {
    Files.deleteIfExists(ballast());
  }

  private Path ballast() {
    return root.resolve("ballast");
  }

  public void unmount() throws IOException {
    run("umount", root.toString());
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
  }
}
