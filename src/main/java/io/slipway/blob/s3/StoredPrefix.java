package io.slipway.blob.s3;

import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Follows what is stored of an upload while several requests to S3 are under way: as far as nothing
 * before it is missing. Thread-safe.
 */
final class StoredPrefix {
  private final Deque<Pending<?>> pending = new ArrayDeque<>();
  private UploadMark mark;
  private @Nullable Throwable failure;

  StoredPrefix(UploadMark mark) {
    this.mark = mark;
  }

  /** Returns what is stored. */
  synchronized UploadMark mark() {
    return mark;
  }

  /**
   * Returns why something could not be stored; null when nothing went wrong. Of several failures
   * the one that clients are told.
   */
  synchronized @Nullable Throwable failure() {
    return failure;
  }

  /**
   * Adds a request.
   *
   * @param apply says what its answer makes of the layout before it
   * @param hash of everything up to its end; never updated
   */
  <T> void add(
      CompletableFuture<T> request,
      BiFunction<Layout, T, Layout> apply,
      @Nullable MessageDigest hash) {
    synchronized (this) {
      pending.add(new Pending<>(request, apply, hash));
    }
    CompletableFuture<T> _ = request.whenComplete((answer, cause) -> advance());
  }

  private synchronized void advance() {
    while (!pending.isEmpty() && pending.getFirst().request().isDone()) {
      Pending<?> first = pending.removeFirst();
      try {
        UploadMark after = first.after(mark.layout());
        if (failure == null) {
          mark = after;
        }
      } catch (RuntimeException e) {
        Throwable cause = S3Failures.cause(e);
        failure = failure == null ? cause : S3Failures.toTell(failure, cause);
      }
    }
    notifyAll();
  }

  /** Waits until nothing is under way. */
  synchronized void await() throws InterruptedException {
    while (!pending.isEmpty()) {
      wait();
    }
  }

  /** Goes back to an earlier mark; only while nothing is under way. */
  synchronized void reset(UploadMark earlier) {
    mark = earlier;
    failure = null;
  }

  /** A request under way. */
  private record Pending<T>(
      CompletableFuture<T> request,
      BiFunction<Layout, T, Layout> apply,
      @Nullable MessageDigest hash) {

    UploadMark after(Layout before) {
      return new UploadMark(apply.apply(before, request.join()), hash);
    }
  }
}
