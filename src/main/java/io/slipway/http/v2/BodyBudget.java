package io.slipway.http.v2;

import io.slipway.oci.Manifest;
import java.util.concurrent.atomic.AtomicLong;

/** Bounds the bytes of manifests that this node holds while they are pushed. Thread-safe. */
final class BodyBudget {
  /** A body is hashed, parsed and written: it lies in memory several times over. */
  private static final int HEAP_SHARE = 16;

  private static final long LEAST = 4L * Manifest.MAX_BYTES;

  private final long limit;
  private final AtomicLong taken = new AtomicLong();

  BodyBudget(long limit) {
    this.limit = limit;
  }

  /** Makes a budget that fits this process. */
  static BodyBudget ofHeap() {
    return new BodyBudget(Math.max(LEAST, Runtime.getRuntime().maxMemory() / HEAP_SHARE));
  }

  /** Takes bytes; false, and nothing taken, when they are not there. */
  boolean take(long bytes) {
    if (taken.addAndGet(bytes) <= limit) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }

  long taken() {
    return taken.get();
  }
}
