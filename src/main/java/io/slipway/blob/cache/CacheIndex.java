package io.slipway.blob.cache;

import io.slipway.oci.Digest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Knows which blobs are in the cache, which of them was used least recently, and what has to go.
 * Thread-safe; never touches the disk.
 */
final class CacheIndex {
  private static final int ENTRY_BYTES = 300;

  /** Of the heap, for what is known of files. */
  private static final int HEAP_SHARE = 4;

  private static final int MOST_FILES = 500_000;

  /** What a file takes is counted in these. */
  static final int BLOCK = 4096;

  /** A blob of more than this share of the cache would push out too many others. */
  private static final int LARGEST_SHARE = 2;

  /** How long one use of a file keeps its time from being written again. */
  private static final Duration TOUCH = Duration.ofMinutes(10);

  /** A file and the time that stands on it. */
  record Kept(Digest digest, long size, Instant used) {}

  private final long high;
  private final long low;
  private final int mostFiles;
  private final Clock clock;
  private Map<Digest, Kept> kept = leastRecentFirst();
  private long bytes;
  private long reserved;

  /**
   * Makes an empty index.
   *
   * @param high number of bytes above which blobs have to go
   * @param low number of bytes down to which they go
   */
  CacheIndex(long high, long low, int mostFiles, Clock clock) {
    this.high = high;
    this.low = low;
    this.mostFiles = mostFiles;
    this.clock = clock;
  }

  /** Returns how many files it may know, with a heap of so many bytes. */
  static int mostFiles(long heap) {
    return (int) Math.min(MOST_FILES, heap / HEAP_SHARE / ENTRY_BYTES);
  }

  private static Map<Digest, Kept> leastRecentFirst() {
    return new LinkedHashMap<>(16, 0.75f, true);
  }

  /** What somebody wants to read. */
  enum Answer {
    ABSENT,
    PRESENT,
    /** Present, and the time on its file is to be written anew. */
    PRESENT_FOR_LONG
  }

  /** Looks for a blob, which counts as its use; one of another size is not there. */
  synchronized Answer use(Digest digest, long size) {
    Kept found = kept.get(digest);
    if (found == null || found.size() != size) {
      return Answer.ABSENT;
    }
    Instant now = clock.instant();
    if (Duration.between(found.used(), now).compareTo(TOUCH) < 0) {
      return Answer.PRESENT;
    }
    kept.put(digest, new Kept(digest, size, now));
    return Answer.PRESENT_FOR_LONG;
  }

  /** Makes room for a blob that is about to be fetched; false when it is not to be kept. */
  synchronized boolean reserve(long size) {
    if (size == 0 || size > high / LARGEST_SHARE || reserved + onDisk(size) > high) {
      return false;
    }
    reserved += onDisk(size);
    return true;
  }

  /** Gives back what was reserved for a blob, which was added before or never will be. */
  synchronized void release(long size) {
    reserved -= onDisk(size);
  }

  /** Adds a blob, just used. */
  synchronized void add(Digest digest, long size) {
    put(new Kept(digest, size, clock.instant()));
  }

  private void put(Kept one) {
    Kept before = kept.put(one.digest(), one);
    bytes += onDisk(one.size()) - (before == null ? 0 : onDisk(before.size()));
  }

  /**
   * Adds what an earlier process left, used before everything that is there already. Nobody who
   * uses a blob waits while much is sorted.
   */
  void takeOver(List<Kept> found) {
    Map<Digest, Kept> older = leastRecentFirst();
    found.stream()
        .sorted(Comparator.comparing(Kept::used))
        .forEach(one -> older.put(one.digest(), one));
    long olderBytes = older.values().stream().mapToLong(one -> onDisk(one.size())).sum();
    synchronized (this) {
      Collection<Kept> present = kept.values();
      kept = older;
      bytes = olderBytes;
      present.forEach(this::put);
    }
  }

  /** Forgets a blob; whether it was there. */
  synchronized boolean remove(Digest digest) {
    Kept gone = kept.remove(digest);
    if (gone != null) {
      bytes -= onDisk(gone.size());
    }
    return gone != null;
  }

  /** Forgets the blobs that have to go now, and returns them. */
  synchronized List<Digest> evict() {
    List<Digest> gone = new ArrayList<>();
    if (bytes + reserved <= high && kept.size() <= mostFiles) {
      return gone;
    }
    int fewer = (int) (mostFiles * (double) low / high);
    Iterator<Kept> oldest = kept.values().iterator();
    while (oldest.hasNext() && (bytes + reserved > low || kept.size() > fewer)) {
      Kept one = oldest.next();
      oldest.remove();
      bytes -= onDisk(one.size());
      gone.add(one.digest());
    }
    return gone;
  }

  /** Returns how many bytes the files take. */
  synchronized long bytes() {
    return bytes;
  }

  synchronized int files() {
    return kept.size();
  }

  private static long onDisk(long size) {
    return (size + BLOCK - 1) / BLOCK * BLOCK;
  }
}
