package io.slipway.size;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches how much memory a process holds, until it is closed or the process ends.
 *
 * <p>{@code VmHWM} is the kernel's own highest mark of all resident pages, those of mapped files
 * too; of {@code RssAnon}, the process's own pages, it keeps the highest of many looks.
 */
final class PeakMemory implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(20);

  private final Path status;
  private final Thread watcher;
  private volatile boolean closed;
  private volatile long anonymous;
  private volatile long resident;

  PeakMemory(long pid) {
    status = Path.of("/proc", Long.toString(pid), "status");
    watcher = Thread.ofVirtual().start(this::watch);
  }

  private void watch() {
    while (!closed) {
      look();
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private void look() {
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("RssAnon:")) {
          anonymous = Math.max(anonymous, mebibytes(line));
        } else if (line.startsWith("VmHWM:")) {
          resident = mebibytes(line);
        }
      }
    } catch (IOException e) {
      // The process is gone: what was seen last stays.
      closed = true;
    }
  }

  private static long mebibytes(String line) {
    return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
  }

  /** Returns the highest mark of all resident memory, in MiB. */
  long resident() {
    return resident;
  }

  /** Returns the most anonymous memory that was seen, in MiB. */
  long anonymous() {
    return anonymous;
  }

  @Override
  public void close() {
    closed = true;
    try {
      watcher.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return "VmHWM %d MiB, RssAnon %d MiB".formatted(resident, anonymous);
  }
}
