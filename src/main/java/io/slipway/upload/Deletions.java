package io.slipway.upload;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes the bytes of many uploads; those that cannot be deleted keep no other waiting. */
final class Deletions<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Deletions.class);

  /** At once: pushes use the same connections and disks. */
  private static final int LANES = 8;

  private final Queue<T> waiting;
  private final Function<T, Future<Void>> deletion;
  private final BooleanSupplier stopping;
  private final Queue<T> done = new ConcurrentLinkedQueue<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private Deletions(
      Collection<T> uploads, Function<T, Future<Void>> deletion, BooleanSupplier stopping) {
    this.waiting = new ConcurrentLinkedQueue<>(uploads);
    this.deletion = deletion;
    this.stopping = stopping;
  }

  /** Tries all of them, once; those whose bytes are gone. */
  static <T> Future<List<T>> of(Collection<T> uploads, Function<T, Future<Void>> deletion) {
    return of(uploads, deletion, () -> false);
  }

  /** Tries all of them, once, but none more when it is to stop; those whose bytes are gone. */
  static <T> Future<List<T>> of(
      Collection<T> uploads, Function<T, Future<Void>> deletion, BooleanSupplier stopping) {
    Deletions<T> deletions = new Deletions<>(uploads, deletion, stopping);
    return Future.join(Stream.generate(deletions::lane).limit(LANES).toList())
        .map(ignored -> deletions.end(uploads.size()));
  }

  private Future<Void> lane() {
    Promise<Void> lane = Promise.promise();
    next(lane);
    return lane.future();
  }

  private void next(Promise<Void> lane) {
    // In a loop, for many need no deletion and are done at once.
    for (T upload = take(); upload != null; upload = take()) {
      Future<Void> deleted = delete(upload);
      if (!deleted.isComplete()) {
        deleted.onComplete(ignored -> next(lane));
        return;
      }
    }
    lane.complete();
  }

  private @Nullable T take() {
    return stopping.getAsBoolean() ? null : waiting.poll();
  }

  private Future<Void> delete(T upload) {
    return Future.succeededFuture(upload)
        .compose(deletion)
        .onSuccess(ignored -> done.add(upload))
        .onFailure(cause -> failure.compareAndSet(null, cause));
  }

  private List<T> end(int all) {
    Throwable cause = failure.get();
    if (cause != null) {
      LOG.warn(
          "tried to delete the bytes of {} uploads but {} stay for now: {}",
          all,
          all - done.size(),
          cause.toString());
    }
    return new ArrayList<>(done);
  }
}
