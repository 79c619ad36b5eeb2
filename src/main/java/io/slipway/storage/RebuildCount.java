package io.slipway.storage;

import io.slipway.metadata.Restore.FoundTag;
import io.slipway.metadata.Restore.Suspect;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Counts what a rebuild finds, and tells of it. Thread-safe. */
final class RebuildCount {
  private static final long BETWEEN = Duration.ofSeconds(10).toNanos();

  private final Consumer<String> progress;
  private final AtomicLong blobs = new AtomicLong();
  private final AtomicLong manifests = new AtomicLong();
  private final AtomicLong incomplete = new AtomicLong();
  private final AtomicLong tags = new AtomicLong();
  private final AtomicLong lostTags = new AtomicLong();
  private final AtomicLong unreadable = new AtomicLong();
  private final AtomicLong passed = new AtomicLong();
  private final AtomicLong told = new AtomicLong(System.nanoTime());

  RebuildCount(Consumer<String> progress) {
    this.progress = progress;
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

  void unreadable(String key, String reason) {
    unreadable.incrementAndGet();
    progress.accept("left out " + key + ": " + reason);
  }

  void incomplete(Suspect manifest, List<String> missing) {
    incomplete.incrementAndGet();
    progress.accept(
        "left out the manifest "
            + manifest.position().digest()
            + " of "
            + manifest.position().repository()
            + ": it names "
            + String.join(", ", missing.subList(0, Math.min(10, missing.size())))
            + ", which the store does not have");
  }

  void lost(FoundTag tag) {
    lostTags.incrementAndGet();
    progress.accept(
        "left out the tag "
            + tag.tag()
            + " of "
            + tag.repository()
            + ": its manifest "
            + tag.digest().map(Object::toString).orElse("")
            + " was not restored");
  }

  /** Notes that so many objects are done, and tells of it now and then. */
  void passed(int objects) {
    long all = passed.addAndGet(objects);
    long last = told.get();
    long now = System.nanoTime();
    if (now - last > BETWEEN && told.compareAndSet(last, now)) {
      progress.accept(all + " objects read");
    }
  }

  RebuildReport report() {
    return new RebuildReport(
        blobs.get(),
        manifests.get(),
        incomplete.get(),
        tags.get(),
        lostTags.get(),
        unreadable.get());
  }
}
