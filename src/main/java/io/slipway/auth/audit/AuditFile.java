package io.slipway.auth.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Appends the audit log to a file too, one JSON object per line. Thread-safe.
 *
 * <p>A copy for other programs: lines wait in memory, up to {@value #MOST}, and a disk that does
 * not take them stops nothing. The file is opened for every batch, so it can be moved away at any
 * time.
 */
public final class AuditFile {
  static final int MOST = 4096;
  private static final int BATCH = 512;
  private static final long SECONDS = 5;
  private static final FileAttribute<?> FOR_OWNER_AND_GROUP =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));

  private final Vertx vertx;
  private final @Nullable Path path;
  private final Counter dropped;
  private final Counter failures;
  private final Queue<String> waiting = new ArrayDeque<>();
  private Future<?> writing = Future.succeededFuture();

  /** Takes the path; null for no file. */
  public AuditFile(Vertx vertx, @Nullable Path path, MeterRegistry meters) {
    this.vertx = vertx;
    this.path = path;
    this.dropped = dropped("file", meters);
    this.failures =
        Counter.builder("slipway.audit.file.failures")
            .description("Tries to write to audit.file that failed")
            .register(meters);
  }

  static Counter dropped(String to, MeterRegistry meters) {
    return Counter.builder("slipway.audit.dropped")
        .description("Refused requests, or lines, that the audit log had no room for")
        .tag("to", to)
        .register(meters);
  }

  /** Tells whether there is a file. */
  boolean isWanted() {
    return path != null;
  }

  /** Has entries written soon. */
  public void add(List<AuditEntry> entries) {
    if (path == null) {
      return;
    }
    synchronized (this) {
      for (AuditEntry entry : entries) {
        if (waiting.size() >= MOST) {
          dropped.increment();
        } else {
          waiting.add(entry.json().encode() + "\n");
        }
      }
    }
  }

  /**
   * Writes some of the lines that wait, and answers whether there are more; fails, and keeps them,
   * when the disk does not take them within {@value #SECONDS} s.
   */
  public synchronized Future<Boolean> write() {
    Path target = path;
    if (target == null || waiting.isEmpty()) {
      return Future.succeededFuture(false);
    }
    if (!writing.isComplete()) {
      return Future.failedFuture("audit.file has not taken the last lines yet");
    }
    List<String> lines = waiting.stream().limit(BATCH).toList();
    Future<Boolean> written =
        vertx
            .executeBlocking(() -> append(target, String.join("", lines)), false)
            .map(ignored -> taken(lines.size()));
    writing = written;
    return written.timeout(SECONDS, TimeUnit.SECONDS).onFailure(ignored -> failures.increment());
  }

  private synchronized boolean taken(int count) {
    for (int i = 0; i < count; i++) {
      waiting.remove();
    }
    return !waiting.isEmpty();
  }

  /** Blocks. */
  private static boolean append(Path path, String lines) throws IOException {
    // What a full disk or a sudden end tore is not to swallow the next line.
    String text = isTorn(path) ? "\n" + lines : lines;
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
    try (ByteChannel file =
        Files.newByteChannel(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            FOR_OWNER_AND_GROUP)) {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    }
    return true;
  }

  private static boolean isTorn(Path path) throws IOException {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (SeekableByteChannel file = Files.newByteChannel(path)) {
      if (file.size() == 0) {
        return false;
      }
      ByteBuffer last = ByteBuffer.allocate(1);
      file.position(file.size() - 1).read(last);
      return last.get(0) != '\n';
    }
  }
}
