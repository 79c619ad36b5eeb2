package io.slipway.blob.cache;

import io.slipway.blob.BlobContent;
import io.slipway.blob.BlobStream;
import io.slipway.blob.SerialWork;
import io.slipway.oci.Digest;
import io.slipway.runtime.ContextPromise;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The blobs that are on their way into the cache, one {@link Fill} each; thread-safe. */
final class Fills {
  /** More blobs at a time are fetched past the cache: each of these has a buffer and a file. */
  private static final int MOST = 64;

  /** A range that begins so little behind what has come is waited for, not fetched by itself. */
  private static final long NEAR = 4L * 1024 * 1024;

  /** After the disk has failed no blob is kept for so long. */
  private static final Duration REST = Duration.ofSeconds(10);

  private static final int CLOSE_SECONDS = 10;

  private final Vertx vertx;
  private final CacheFolder folder;
  private final CacheIndex index;
  private final CacheUpkeep upkeep;
  private final CacheReport report;
  private final ExecutorService threads;
  private final Map<Digest, Fill> fills = new HashMap<>();
  private int unfinished;
  private boolean closing;
  private volatile long restingSince = System.nanoTime() - REST.toNanos();

  Fills(
      Vertx vertx,
      CacheFolder folder,
      CacheIndex index,
      CacheUpkeep upkeep,
      CacheReport report,
      ExecutorService threads) {
    this.vertx = vertx;
    this.folder = folder;
    this.index = index;
    this.upkeep = upkeep;
    this.report = report;
    this.threads = threads;
  }

  /** Bytes from a file, and whether their reader is the one for whom they are fetched. */
  record Followed(Future<BlobStream> bytes, boolean first) {}

  /**
   * Reads a part of a blob from the file it is being fetched into; to read all of it is a reason to
   * begin with that.
   *
   * @param content the same bytes from the other machine
   * @return null when the part is to be read without a file
   */
  @Nullable Followed read(
      Digest digest, long size, BlobContent.Streamed content, long offset, long length) {
    synchronized (fills) {
      Fill fill = fills.get(digest);
      boolean first = fill == null && length == size && mayBegin(size);
      if (first) {
        fill = begin(digest, size);
      }
      if (fill == null || (length < size && offset > fill.readable() + NEAR)) {
        return null;
      }
      Future<BlobStream> bytes = follow(fill, content, offset, length);
      if (first) {
        fill.start(content);
      }
      return bytes == null ? null : new Followed(bytes, first);
    }
  }

  private boolean mayBegin(long size) {
    return !closing
        && fills.size() < MOST
        && System.nanoTime() - restingSince >= REST.toNanos()
        && index.reserve(size);
  }

  private Fill begin(Digest digest, long size) {
    Fill fill =
        new Fill(
            digest,
            size,
            new FillFile(folder, threads),
            new SerialWork(threads, failure -> failure),
            new SerialWork(threads, failure -> failure),
            vertx.getOrCreateContext(),
            this::ended);
    fills.put(digest, fill);
    unfinished++;
    upkeep.makeRoom();
    return fill;
  }

  private @Nullable Future<BlobStream> follow(
      Fill fill, BlobContent.Streamed content, long offset, long length) {
    FillReader reader =
        new FillReader(vertx.getOrCreateContext(), threads, fill, content, offset, length);
    Future<Void> begun = fill.join(reader);
    if (begun == null) {
      return null;
    }
    ContextPromise<BlobStream> opened = ContextPromise.onContextOf(vertx);
    begun.onComplete(ignored -> opened.succeed(reader), opened::fail);
    return opened.future().onFailure(cause -> reader.cancel());
  }

  /** Tells whether all of a blob is in its file and right, though not under its name yet. */
  boolean hasWhole(Digest digest) {
    synchronized (fills) {
      Fill fill = fills.get(digest);
      return fill != null && fill.state() == Fill.State.VERIFIED;
    }
  }

  int underWay() {
    synchronized (fills) {
      return fills.size();
    }
  }

  private void ended(Fill fill) {
    switch (fill.state()) {
      case FILLING -> {}
      case VERIFIED -> keep(fill);
      case WRONG, SOURCE_FAILED, LEFT -> {
        report.notKept(fill);
        drop(fill);
      }
      case DISK_FAILED -> diskFailed(fill, fill.cause());
    }
  }

  private void keep(Fill fill) {
    // What a power cut leaves under the name of a blob is whole, for the name comes last.
    CacheUpkeep.step(fill.work(), fill.file()::sync)
        .compose(ignored -> upkeep.publish(fill))
        .onComplete(
            ignored -> {
              forget(fill);
              report.kept(fill.digest());
              finish(fill);
            },
            cause -> diskFailed(fill, cause));
  }

  private void diskFailed(Fill fill, @Nullable Throwable cause) {
    restingSince = System.nanoTime();
    report.diskFailed(fill.digest(), cause);
    drop(fill);
  }

  private void forget(Fill fill) {
    synchronized (fills) {
      fills.remove(fill.digest(), fill);
    }
  }

  private void drop(Fill fill) {
    forget(fill);
    CacheUpkeep.step(fill.work(), fill.file()::delete)
        .onFailure(cause -> report.upkeepFailed("delete an unfinished file", cause))
        .onComplete(ignored -> finish(fill));
  }

  private void finish(Fill fill) {
    index.release(fill.size());
    fill.file().leave();
    upkeep.makeRoom();
    synchronized (fills) {
      unfinished--;
      fills.notifyAll();
    }
  }

  /** Ends what is under way, and lets what is whole be kept; blocks for ten seconds at most. */
  void close() throws InterruptedException {
    List<Fill> left;
    synchronized (fills) {
      closing = true;
      left = List.copyOf(fills.values());
    }
    left.forEach(Fill::abandon);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
    synchronized (fills) {
      for (long wait = CLOSE_SECONDS * 1000L; unfinished > 0 && wait > 0; ) {
        fills.wait(wait);
        wait = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      }
    }
  }
}
