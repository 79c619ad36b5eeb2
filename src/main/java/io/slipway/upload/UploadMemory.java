package io.slipway.upload;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes of all uploads that wait to be written. They share a part of the heap: each has
 * its own bound, but nobody knows how many there will be. Thread-safe.
 */
class UploadMemory {
  private static final int HEAP_SHARE = 4;

  private final long limit;
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicInteger uploads = new AtomicInteger();

  UploadMemory(long limit) {
    this.limit = limit;
  }

  static UploadMemory ofHeap() {
    return new UploadMemory(Runtime.getRuntime().maxMemory() / HEAP_SHARE);
  }

  /** Counts an upload that is about to take bytes, and must leave. */
  void join() {
    uploads.incrementAndGet();
  }

  void leave() {
    uploads.decrementAndGet();
  }

  /**
   * Returns how many bytes each upload may hold now: {@link Long#MAX_VALUE} while there is enough.
   * The next call may say something else, so whoever decides several things asks once.
   */
  long share() {
    return waiting.get() > limit ? Math.max(1, limit / Math.max(1, uploads.get())) : Long.MAX_VALUE;
  }

  void take(long bytes) {
    waiting.addAndGet(bytes);
  }

  void giveBack(long bytes) {
    waiting.addAndGet(-bytes);
  }

  long waiting() {
    return waiting.get();
  }
}
