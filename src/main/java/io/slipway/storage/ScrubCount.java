package io.slipway.storage;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what one scrub finds, and passes it on. Thread-safe. */
final class ScrubCount {
  private final ScrubWatch watch;
  private final AtomicLong blobs = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong manifests = new AtomicLong();
  private final AtomicLong tags = new AtomicLong();
  private final AtomicLong damaged = new AtomicLong();
  private final AtomicLong healed = new AtomicLong();
  private final AtomicLong copies = new AtomicLong();
  private final AtomicLong unreadable = new AtomicLong();

  ScrubCount(ScrubWatch watch) {
    this.watch = watch;
  }

  void blob() {
    blobs.incrementAndGet();
  }

  void manifest() {
    manifests.incrementAndGet();
  }

  void tag() {
    tags.incrementAndGet();
  }

  void read(long count) {
    bytes.addAndGet(count);
    watch.read(count);
  }

  void damaged(String what, String reason) {
    damaged.incrementAndGet();
    watch.damaged(what, reason);
    watch.changed();
  }

  void healed(String what) {
    healed.incrementAndGet();
    watch.healed(what);
    watch.changed();
  }

  void copy(String what, String reason) {
    copies.incrementAndGet();
    watch.copy(what, reason);
  }

  void unreadable(String what, Throwable cause) {
    unreadable.incrementAndGet();
    watch.unreadable(what, cause);
  }

  ScrubReport report() {
    return new ScrubReport(
        blobs.get(),
        bytes.get(),
        manifests.get(),
        tags.get(),
        damaged.get(),
        healed.get(),
        copies.get(),
        unreadable.get());
  }
}
