package io.slipway.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Counts what a process of this machine has, as Linux tells. */
public final class ProcessFigures {
  private ProcessFigures() {}

  /** Counts its open file descriptors, sockets among them. */
  public static int files(long pid) {
    return entries(pid, "fd");
  }

  /** Counts its threads. */
  public static int threads(long pid) {
    return entries(pid, "task");
  }

  private static int entries(long pid, String folder) {
    try (Stream<Path> entries = Files.list(Path.of("/proc/" + pid + "/" + folder))) {
      return (int) entries.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
