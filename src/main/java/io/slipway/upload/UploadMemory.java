package io.slipway.upload;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes of all uploads that wait to be written. They share a part of the heap: each has
 * its own bound, but nobody knows how many there will be. Thread-safe.
 */
final class UploadMemory {
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

  /** Returns how much each upload may hold while memory is scarce. */
  long share() {
    return limit / Math.max(1, uploads.get());
  }

  void take(long bytes) {
    waiting.addAndGet(bytes);
  }

  void giveBack(long bytes) {
    waiting.addAndGet(-bytes);
  }

  /** Tells whether every upload should hold as little as it can. */
  boolean isScarce() {
    return waiting.get() > limit;
  }

  long waiting() {
    return waiting.get();
  }
}
