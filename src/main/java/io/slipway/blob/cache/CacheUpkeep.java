package io.slipway.blob.cache;

import io.slipway.blob.SerialWork;
import io.slipway.oci.Digest;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Keeps the files and the {@link CacheIndex} together: whatever gives or takes the name of a blob
 * happens here, one after the other, so that no name is taken which was just given. Nobody waits
 * for it.
 */
final class CacheUpkeep {
  private final CacheFolder folder;
  private final CacheIndex index;
  private final CacheReport report;
  private final SerialWork names;
  private volatile boolean closing;

  CacheUpkeep(CacheFolder folder, CacheIndex index, CacheReport report, Executor threads) {
    this.folder = folder;
    this.index = index;
    this.report = report;
    this.names = new SerialWork(threads, failure -> failure);
  }

  /** Finds what an earlier process left; until then it counts as not there. */
  void takeOver() {
    later(
        "look for blobs",
        () -> {
          index.takeOver(folder.scan(() -> closing));
          report.found(folder, index.files(), index.bytes());
          evict();
        });
  }

  /** Drops blobs when there are too many. */
  void makeRoom() {
    later("make room", this::evict);
  }

  private void evict() throws IOException {
    List<Digest> gone = index.evict();
    report.evicted(gone.size());
    IOException failure = null;
    for (Digest digest : gone) {
      try {
        folder.delete(digest);
      } catch (IOException e) {
        // The others are in no index any more: only now can they be deleted.
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Writes on a file that it is in use. */
  void touch(Digest digest) {
    later("touch a file", () -> folder.touch(digest, Clock.systemUTC().instant()));
  }

  /** Looks whether a file is there; not at once, for the blob may be kept anew by then. */
  void check(Digest digest, long size) {
    later(
        "look for a file",
        () -> {
          if (!folder.has(digest, size)) {
            forget(digest);
          }
        });
  }

  /** Deletes a file; whoever keeps the blob anew comes after that. */
  void drop(Digest digest) {
    later("delete a wrong file", () -> forget(digest));
  }

  private void forget(Digest digest) throws IOException {
    index.remove(digest);
    folder.delete(digest);
  }

  /** Gives a file that is whole and synced its name. */
  Future<Void> publish(Fill fill) {
    return step(
        names,
        () -> {
          fill.file().publish(fill.digest());
          index.add(fill.digest(), fill.size());
        });
  }

  private void later(String what, Step step) {
    step(names, step).onFailure(cause -> report.upkeepFailed(what, cause));
  }

  /** A step that blocks. */
  @FunctionalInterface
  interface Step {
    void run() throws IOException;
  }

  /** Queues a step; at the end of the process it may not be taken any more. */
  static Future<Void> step(SerialWork work, Step step) {
    Callable<Boolean> call =
        () -> {
          step.run();
          return true;
        };
    try {
      return work.run(call).mapEmpty();
    } catch (RejectedExecutionException e) {
      return Future.failedFuture(e);
    }
  }

  /** Ends what takes long. */
  void close() {
    closing = true;
  }
}
